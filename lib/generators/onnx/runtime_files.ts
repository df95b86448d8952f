/** The native files that the npm package `onnxruntime-node` brings for this machine. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { OpenContext } from "../generator.ts";

const PACKAGE = "onnxruntime-node";
const BINDING = "onnxruntime_binding.node";
const LIBRARIES: Readonly<Partial<Record<typeof Deno.build.os, string>>> = {
  linux: "libonnxruntime.so.1",
  darwin: "libonnxruntime.1.dylib",
  windows: "onnxruntime.dll",
};
const ARCHITECTURES: Readonly<Record<typeof Deno.build.arch, string>> = { x86_64: "x64", aarch64: "arm64" };

/** Subtle: the right to load it from one folder lets it out of the sandbox as well. */
export const NATIVE_CODE = { name: "ffi", path: "node_modules" } as const satisfies Deno.PermissionDescriptor;

/** @throws {Error} saying what gives the process the right to call native code, or that nothing does */
export function checkNativeCode({ isPublic = false }: Pick<OpenContext, "isPublic">): void {
  if (Deno.permissions.querySync(NATIVE_CODE).state === "granted") return;
  throw new Error(
    "Cannot run models in this process, as native code may not run: " +
      (isPublic
        ? "the app gives it up at the start of a deployment; use a model behind an address, openai(…)"
        : `start it with "deno task start", or add "ffi" to the task's permissions in deno.json`),
  );
}

/** The library itself. @throws {Error} when the package brings none for this machine, or is not there */
export function libraryPath(): string {
  const { os } = Deno.build;
  const file = LIBRARIES[os];
  if (file === undefined) throw new TypeError(`there is no library of ONNX Runtime for ${os}`);
  return join(folder(), file);
}

/** @throws {Deno.errors.NotFound} with the command that brings back what is missing */
export async function checkRuntime(): Promise<void> {
  const { os, arch } = Deno.build;
  try {
    for (const file of [BINDING, LIBRARIES[os] ?? BINDING]) await Deno.stat(join(folder(), file));
  } catch (error) {
    throw new Deno.errors.NotFound(
      `Cannot run ONNX models, as the package ${PACKAGE} or its native file for ${os} on ${arch} is missing: run "deno ci"`,
      { cause: error },
    );
  }
}

function folder(): string {
  const { os, arch } = Deno.build;
  const main = createRequire(import.meta.url).resolve(PACKAGE);
  return join(dirname(main), "..", "bin", "napi-v6", os === "windows" ? "win32" : os, ARCHITECTURES[arch]);
}
