/** What the process may do: what it gives up, and what it lacks for the modules it was started with. */
import { NATIVE_CODE } from "../../generators/onnx/runtime_files.ts";

/** Rights that a deployment is given and never needs: Deno Deploy runs every app with all of them. */
const NEEDLESS: readonly Deno.PermissionDescriptor[] = [
  { name: "run" },
  { name: "ffi" },
  { name: "sys" },
  { name: "write" },
];

/** Gives them up for the life of the process; code that is loaded later has them neither. */
export function dropPermissions(): void {
  for (const permission of NEEDLESS) Deno.permissions.revokeSync(permission);
}

/** Gives up to load code from elsewhere, once the modules have come with whatever they import. */
export function dropImports(): void {
  Deno.permissions.revokeSync({ name: "import" });
}

/** Rights that something of the app uses together. */
interface Use {
  readonly rights: readonly Deno.PermissionDescriptor[];
  /** The one thing that they are for, where they are for one. */
  readonly of?: string;
  /** What does not work without them. */
  readonly loss: string;
}

/** Kind of the generators that call native code. */
const NATIVE_KIND = "onnx";

/**
 * What the start tells of the process's rights: whether they keep code in, and which of them the modules lack.
 * @param kinds of the generators that the modules have
 */
export function rightsLine(kinds: readonly string[], cacheDir: string): string {
  const isOpen = isGranted(NATIVE_CODE) || isGranted({ name: "run" });
  const border = isOpen ? "native code may run, outside of Deno's sandbox" : "all code runs in Deno's sandbox";
  const missing = usesOf(kinds, cacheDir).flatMap(missingOf);
  const advice = "; the task's permissions in deno.json give them";
  return `rights: ${border}; missing: ${missing.length === 0 ? "none" : missing.join(", ") + advice}`;
}

/**
 * Subtle: the portable driver is content with native code of one folder. Where no native code may run there are no indexes
 * either, and rows of a hub come from its API, so that nothing is lost without the cache.
 */
function usesOf(kinds: readonly string[], cacheDir: string): readonly Use[] {
  const hasModels = kinds.includes(NATIVE_KIND);
  const cache = (["read", "write"] as const).map((name) => ({ name, path: cacheDir }));
  return [
    ...(hasModels ? [{ rights: [NATIVE_CODE], loss: "models of this process" }] : []),
    ...(hasModels || isGranted(NATIVE_CODE)
      ? [{ rights: cache, of: cacheDir, loss: "what is downloaded, indexes of large files" }]
      : []),
    ...(hasModels
      ? [{ rights: [{ name: "sys", kind: "cpus" } as const], of: "cpus", loss: "copies of models that load sooner" }]
      : []),
  ];
}

/** @example "read and write ./.cache (what is downloaded, indexes of large files)" */
function missingOf({ rights, of, loss }: Use): readonly string[] {
  const lacking = rights.filter((right) => !isGranted(right)).map(({ name }) => name).join(" and ");
  return lacking === "" ? [] : [`${lacking}${of === undefined ? "" : ` ${of}`} (${loss})`];
}

function isGranted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}
