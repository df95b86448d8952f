/** Attributes that Fresh reads or adds: client navigation, and the keys of elements. */

/** Whether the value of `f-client-nav` turns navigation on. */
export function isNavOn(value: unknown): boolean {
  return value !== false && value !== "false" && value !== null && value !== undefined;
}

// Templates of precompiled JSX are constants of their module.
const navTemplates = new WeakMap<object, boolean>();

/** Whether precompiled markup turns client navigation on: static attributes reach no hook. */
export function templateHasNav(template: unknown): boolean {
  if (!Array.isArray(template)) return false;
  const known = navTemplates.get(template) ?? template.some((part) => / f-client-nav(?!="false")/.test(String(part)));
  navTemplates.set(template, known);
  return known;
}

/** The same for attributes whose value was computed: the compiler's output for each is a string. */
export function hasNavAttribute(expressions: unknown): boolean {
  return Array.isArray(expressions) && expressions.includes('f-client-nav="true"');
}

/** The attribute by which elements inside partials keep their `key`. */
export const KEY_ATTRIBUTE = "data-frsh-key";

/** A key as text of a comment or an attribute. Subtle: a comment must not hold `>`, `--` or a colon of its own. */
export function keyText(key: unknown): string {
  return key === null || key === undefined ? "" : encodeURIComponent(String(key).toWellFormed()).replaceAll("-", "%2D");
}
