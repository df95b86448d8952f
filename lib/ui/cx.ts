/** Joins class names, leaving out what is false or undefined. Each literal must be complete: no class is computed. */
export function cx(...names: readonly (string | false | undefined)[]): string {
  return names.filter(Boolean).join(" ");
}
