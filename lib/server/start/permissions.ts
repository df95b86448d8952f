/** What the process may do: what it gives up, and what it lacks for the modules it was started with. */

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

/** A right that something of the app uses. */
interface Use {
  readonly permission: Deno.PermissionDescriptor;
  readonly flag: string;
  /** What does not work without it. */
  readonly loss: string;
}

/** Subtle: the right to load it from one folder lets it out of the sandbox as well. */
const NATIVE_CODE = { name: "ffi", path: "node_modules" } as const;
/** Kind of the generators that call native code. */
const NATIVE_KIND = "onnx";

/**
 * What the start tells of the process's rights: whether they keep code in, and which of them the modules lack.
 * @param kinds of the generators that the modules have
 */
export function rightsLine(kinds: readonly string[], cacheDir: string): string {
  const isOpen = isGranted(NATIVE_CODE) || isGranted({ name: "run" });
  const border = isOpen ? "native code may run, outside of Deno's sandbox" : "all code runs in Deno's sandbox";
  const uses = kinds.includes(NATIVE_KIND) ? usesOfModels(cacheDir) : [];
  const missing = uses.filter(({ permission }) => !isGranted(permission)).map(({ flag, loss }) => `${flag} (${loss})`);
  return `rights: ${border}; missing: ${missing.length === 0 ? "none" : missing.join(", ")}`;
}

/** Subtle: the portable driver is content with native code of one folder. */
function usesOfModels(cacheDir: string): readonly Use[] {
  return [
    { permission: NATIVE_CODE, flag: "--allow-ffi", loss: "models of this process" },
    { permission: { name: "write", path: cacheDir }, flag: `--allow-write=${cacheDir}`, loss: "what is downloaded" },
    { permission: { name: "sys", kind: "cpus" }, flag: "--allow-sys=cpus", loss: "copies of models that load sooner" },
  ];
}

function isGranted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}
