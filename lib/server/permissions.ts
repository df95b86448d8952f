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
