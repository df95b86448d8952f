/** The wire format of island props: devalue's JSON, plus signals and slots, less what upstream Fresh cannot carry. */
import { computed, Signal, signal } from "@preact/signals";
import { parse, stringify } from "devalue";

/** Stands for JSX that was passed to an island as `children` or as a prop. */
export class Slot {
  constructor(readonly id: number, readonly prop: string) {}
}

/**
 * Serialises the props of all islands of a page as one graph, so that a signal given to two islands stays one signal.
 * @throws TypeError naming the island and the path of a value that cannot be carried.
 */
export function serialize(islands: readonly { name: string; props: Record<string, unknown> }[]): string {
  try {
    const json = stringify(islands.map(({ props }) => props), REDUCERS);
    // Subtle: whoever writes this into a page escapes `<` there; here an escaped backslash may stand before "u003C".
    return json.replaceAll(/\\\\|\\u003C/g, (escape) => escape === "\\u003C" ? "<" : escape);
  } catch (error) {
    throw located(islands, error);
  }
}

/** The props of all islands of a page; `reviveSlot` gives the JSX of a slot. */
export function deserialize(json: string, reviveSlot: (slot: Slot) => unknown): Record<string, unknown>[] {
  const props: unknown = parse(json, {
    Signal: (box: [unknown]) => signal(box[0]),
    Computed: (box: [unknown]) => computed(() => box[0]),
    Slot: ([id, prop]: [number, string]) => reviveSlot(new Slot(id, prop)),
  });
  return Array.isArray(props) ? props.map((value) => isRecord(value) ? value : {}) : [];
}

const REDUCERS: Record<string, (value: unknown) => unknown> = {
  // Subtle: the boxes are needed as devalue takes a falsy result for "not mine".
  Signal: (value) => value instanceof Signal && Object.getPrototypeOf(value) === Signal.prototype && [value.peek()],
  // A computed arrives as a constant: what it was computed from may not be on the page.
  Computed: (value) => value instanceof Signal && [value.peek()],
  Slot: (value) => value instanceof Slot && [value.id, value.prop],
  Unsupported: (value) => {
    const reason = unsupported(value);
    if (reason !== undefined) throw new Rejection(value, reason);
    return false;
  },
};

const PLAIN = new Set(["Object", "Array", "Date", "URL", "RegExp", "Map", "Set"]);

const carried = new WeakSet<object>();

/** Why a value cannot be carried, or `undefined` when it can. */
function unsupported(value: unknown): string | undefined {
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Uint8Array) {
    if (value.byteLength !== value.buffer.byteLength) return "a view of a larger buffer: send a .slice()";
    carried.add(value.buffer); // Subtle: devalue visits the buffer next, as a value of its own.
    return undefined;
  }
  if (carried.has(value)) return undefined;
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null) return "an object without a prototype";
  if ("constructor" in value && value.constructor === undefined) return "JSX, which only a prop itself may be";
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag.startsWith("Temporal.")) return undefined;
  const isPlain = PLAIN.has(tag) && (tag !== "Object" || Object.getPrototypeOf(prototype) === null);
  return isPlain ? undefined : `an instance of ${value.constructor?.name ?? tag}`;
}

class Rejection extends Error {
  constructor(readonly value: unknown, readonly reason: string) {
    super(reason);
  }
}

/** The error that names where in which island's props the offending value is. */
function located(islands: readonly { name: string; props: Record<string, unknown> }[], error: unknown): unknown {
  if (!(error instanceof Rejection)) return error;
  for (const { name, props } of islands) {
    const path = pathTo(props, error.value, new Set());
    if (path === undefined) continue;
    return new TypeError(`Cannot send prop "${path}" of island "${name}" to the browser: it is ${error.reason}`);
  }
  return error;
}

function pathTo(root: unknown, target: unknown, seen: Set<unknown>): string | undefined {
  if (typeof root !== "object" || root === null || seen.has(root)) return undefined;
  seen.add(root);
  for (const [key, value] of entriesOf(root)) {
    if (value === target) return key;
    const rest = pathTo(value, target, seen);
    if (rest !== undefined) return rest.startsWith("[") ? key + rest : `${key}.${rest}`;
  }
  return undefined;
}

function entriesOf(value: object): [string, unknown][] {
  if (value instanceof Signal) return [["value", value.peek()]];
  if (value instanceof Map) return [...value].map(([key, item]) => [`[${String(key)}]`, item]);
  if (value instanceof Set || Array.isArray(value)) return [...value].map((item, index) => [`[${index}]`, item]);
  return Object.entries(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
