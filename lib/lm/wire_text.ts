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
  return JSON.stringify(crossed(value, wireName, (leaf) => leaf === -Infinity ? null : leaf));
}

/** The inverse of `encodeWire`; the caller's type is trusted, so use it for what our own server sent. */
export function decodeWire(text: string): unknown {
  return crossed(JSON.parse(text), ownName, (leaf) => leaf === null ? -Infinity : leaf);
}

const wireName = remembered(snakeCase), ownName = remembered(camelCase);

/**
 * There are few names, and each of them comes many times in every step.
 * Subtle: whole numbers are none of them but numbers of rows, of which there are as many as there is data.
 */
export function remembered(rename: (name: string) => string, known = new Map<string, string>()) {
  return (name: string): string => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const renamed = rename(name);
    if (!/^\d+$/.test(name)) known.set(name, renamed);
    return renamed;
  };
}

function crossed(value: unknown, rename: (name: string) => string, change: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => crossed(item, rename, change));
  if (typeof value !== "object" || value === null) return change(value);
  const object: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    if (item !== undefined) object[rename(name)] = crossed(item, rename, change);
  }
  return object;
}
