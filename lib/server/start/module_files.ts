/** From the names of module files to the modules in them. */
import { isModule, type Module } from "../../module.ts";
import { moduleReason } from "./module_reason.ts";

const CODE = /\.[cm]?[jt]sx?$/;

/** A module with the file that it came from. */
export interface ModuleFile {
  readonly module: Module;
  /** As it was given, for messages. */
  readonly file: string;
  readonly url: URL;
}

/** A module file that cannot be used; the message names it. */
export class ModuleFileError extends Error {
  override readonly name = "ModuleFileError";
}

/**
 * Imports module files, in their order.
 * @param rootUrl folder where relative names start
 * @throws {ModuleFileError} naming the file that is missing, throws on import, or exports no module
 */
export async function loadModuleFiles(files: readonly string[], rootUrl: URL): Promise<readonly ModuleFile[]> {
  const loaded: ModuleFile[] = [];
  for (const file of files) loaded.push(await loadModuleFile(file, rootUrl));
  return loaded;
}

async function loadModuleFile(file: string, rootUrl: URL): Promise<ModuleFile> {
  const url = fileUrl(file, rootUrl);
  await checkFile(file, url);
  if (!CODE.test(file)) throw new ModuleFileError(`Cannot load module file "${file}": expected a .ts or .js file`);
  let exports: unknown;
  try {
    exports = await import(url.href);
  } catch (error) {
    const reason = moduleReason(error, url, rootUrl);
    throw new ModuleFileError(`Cannot load module file "${file}": ${reason}`, { cause: error });
  }
  const module = typeof exports === "object" && exports !== null && "default" in exports ? exports.default : undefined;
  if (isModule(module)) return { module, file, url };
  const expected = "expected `export default defineModule({ … })`";
  const given = module === undefined ? "it has no default export" : "its default export is not made by defineModule()";
  throw new ModuleFileError(`Cannot load module file "${file}": ${given}; ${expected}`);
}

/** Subtle: a path is no URL (`#`, `?`, `%` and `C:` are plain characters in it), so its parts are encoded. */
function fileUrl(file: string, rootUrl: URL): URL {
  if (file.startsWith("file://")) return new URL(file);
  const path = file.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
  const absolute = /^[A-Za-z]:[\\/]/.test(file) ? `file:///${path.replace("%3A", ":")}` : path;
  return new URL(absolute, rootUrl);
}

async function checkFile(file: string, url: URL): Promise<void> {
  try {
    const { isFile } = await Deno.stat(url);
    if (!isFile) {
      throw new ModuleFileError(
        `Cannot load module file "${file}": it is a folder; name the file in it, such as ${file}/mod.ts`,
      );
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new ModuleFileError(`Cannot load module file "${file}": no such file`);
    }
    if (error instanceof Deno.errors.NotCapable) {
      throw new ModuleFileError(
        `Cannot load module file "${file}": the app may only read its own folder; ` +
          `put the file there`,
      );
    }
    throw error;
  }
}
