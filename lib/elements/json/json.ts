import { Element, type ElementOptions } from "../element.ts";

export interface JsonState {
  /** Subtle: as text, since a value may have keys, such as `__proto__`, that mean something to those who pass it on. */
  readonly text: string;
}

/** Deeper values would exhaust the stack of whoever reads them. */
const MOST_LEVELS = 100;

export class Json extends Element<JsonState> {
  /** @throws {TypeError} naming the path of what JSON does not have */
  constructor(value: unknown, options: ElementOptions) {
    super("json", { text: encode(value) }, options);
  }

  /** @throws {TypeError} naming the path of what JSON does not have */
  set(value: unknown): void {
    this.change({ text: encode(value) });
  }
}

/**
 * Any JSON value as a tree that opens and closes. Keys whose value is undefined are left out; `toJSON` is asked, so a
 * date is a text.
 * @throws {TypeError} naming the path of a cycle, or of what JSON does not have: `$.loss` is NaN
 */
export function json(value: unknown, options: ElementOptions = {}): Json {
  return new Json(value, options);
}

function encode(value: unknown): string {
  check(asJson(value), "$", new Map());
  return JSON.stringify(value);
}

function check(value: unknown, path: string, above: ReadonlyMap<object, string>): void {
  const fault = scalarFault(value);
  if (fault !== undefined) throw new TypeError(`Cannot show JSON: ${path} is ${fault}, expected a JSON value`);
  if (typeof value !== "object" || value === null) return;
  const circle = above.get(value);
  if (circle !== undefined) throw new TypeError(`Cannot show JSON: ${path} is ${circle} again, which never ends`);
  if (above.size === MOST_LEVELS) throw new TypeError(`Cannot show JSON: ${path} is deeper than ${MOST_LEVELS} levels`);
  const inside = new Map(above).set(value, path);
  if (Array.isArray(value)) {
    value.forEach((item: unknown, index) => {
      const kept = asJson(item);
      if (kept !== undefined) check(kept, `${path}[${index}]`, inside);
    });
  } else {
    for (const [key, item] of Object.entries(value)) {
      const kept = asJson(item);
      if (kept !== undefined) check(kept, path + member(key), inside);
    }
  }
}

/** What a value is that JSON would lose or turn into another. */
function scalarFault(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : String(value);
  if (value instanceof Map || value instanceof Set || ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
  const isJson = value === null || ["string", "boolean", "object"].includes(typeof value);
  if (isJson) return undefined;
  return value === undefined ? "undefined" : `a ${typeof value}`;
}

function asJson(value: unknown): unknown {
  const isOwn = typeof value === "object" && value !== null && "toJSON" in value;
  return isOwn && typeof value.toJSON === "function" ? value.toJSON() : value;
}

function member(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
