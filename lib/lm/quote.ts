const SHOWN_CHARACTERS = 64;
/** Of a character of two units, cut between them. */
const HALF = /[\ud800-\udbff]$/;

/**
 * A value as a message repeats it: JSON, cut, or else what it is. Never throws, whatever a developer's code gave.
 * @example quote("a") is '"a"', quote(5n) is "5n", quote(() => 1) is "a function"
 */
export function quote(value: unknown): string {
  const text = told(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS).replace(HALF, "")}…` : text;
}

function told(value: unknown): string {
  switch (typeof value) {
    case "undefined":
    case "number":
      return String(value);
    case "bigint":
      return `${value}n`;
    case "function":
    case "symbol":
      return `a ${typeof value}`;
    default:
      return value instanceof Promise ? "a promise" : json(value);
  }
}

/** Subtle: a value can hold itself or a bigint, or have a `toJSON` that throws or gives nothing. */
function json(value: unknown): string {
  const kind = Array.isArray(value) ? "a list" : "an object";
  try {
    return JSON.stringify(value) ?? kind;
  } catch {
    return kind; // Why it is no JSON is not what the message is about.
  }
}
