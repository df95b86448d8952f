/**
 * The border between our types (camelCase) and the wire (snake_case), apart from the schemas, which a page seldom needs.
 *
 * `null` stands for −∞ on the wire, since JSON has no infinity and a logprob of −∞ is the only one we send.
 * Subtle: keys alone are translated, never values; records whose keys are data (a sample's fields) do not pass here.
 */
type Snake<S extends string> = S extends `${infer Head}${infer Tail}`
  ? `${Head extends Uppercase<Head> ? Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}` : Head}${Snake<Tail>}`
  : S;

/** A type with its keys in snake_case, at any depth. */
export type Wire<T> = T extends readonly (infer Item)[] ? readonly Wire<Item>[]
  : T extends object ? { readonly [Key in keyof T as Key extends string ? Snake<Key> : Key]: Wire<T[Key]> }
  : T;

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** JSON text of a value of ours, keys in snake_case.
 * @example encodeWire({ finalLogprob: -Infinity }) is '{"final_logprob":null}' */
export function encodeWire(value: unknown): string {
  return JSON.stringify(renameKeys(value, snakeCase), (_, item) => item === -Infinity ? null : item);
}

/** The inverse of `encodeWire`; the caller's type is trusted, so use it for what our own server sent. */
export function decodeWire(text: string): unknown {
  return renameKeys(JSON.parse(text, (_, item) => item === null ? -Infinity : item), camelCase);
}

function renameKeys(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renameKeys(item, rename));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([name, item]) => [rename(name), renameKeys(item, rename)]));
}
