/** Why a text is not JSON, or what it takes to parse it. */
export interface JsonScan {
  /** Deepest nesting of arrays and objects. */
  readonly depth: number;
  /** Members of all objects together. */
  readonly keys: number;
  readonly error?: JsonError;
}

export interface JsonError {
  /** From 1, as are columns. */
  readonly line: number;
  readonly column: number;
  readonly expected: string;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SPACE = /[ \t\n\r]*/y;

type Place = "value" | "value or ]" | "key" | "key or }" | ":" | ", or ]" | ", or }" | "end";

/**
 * Reads a JSON text without building anything, so that its size can be judged before it is parsed, and an error can be
 * named by line and column without quoting the text. Takes constant stack for any nesting.
 * @example scanJson('{"a":}').error is { line: 1, column: 6, expected: "a value" }
 */
export function scanJson(text: string): JsonScan {
  const open: ("[" | "{")[] = [];
  let place: Place = "value", at = 0, depth = 0, keys = 0;
  const close = (): Place => open.length === 0 ? "end" : open.at(-1) === "[" ? ", or ]" : ", or }";
  while (true) {
    at = match(SPACE, text, at) ?? at;
    const character = text[at];
    if (place === "end" && character === undefined) return { depth, keys };
    const fail = (): JsonScan => ({ depth, keys, error: locate(text, at, place) });
    if ((place === "value or ]" || place === ", or ]") && character === "]") {
      open.pop();
      at++;
      place = close();
    } else if ((place === "key or }" || place === ", or }") && character === "}") {
      open.pop();
      at++;
      place = close();
    } else if (place === "value" || place === "value or ]") {
      if (character === "[" || character === "{") {
        depth = Math.max(depth, open.push(character));
        at++;
        place = character === "[" ? "value or ]" : "key or }";
      } else {
        const end = scalar(text, at);
        if (end === undefined) return fail();
        at = end;
        place = close();
      }
    } else if (place === "key" || place === "key or }") {
      const end = string(text, at);
      if (end === undefined) return fail();
      keys++;
      at = end;
      place = ":";
    } else if (place === ":" && character === ":") {
      at++;
      place = "value";
    } else if ((place === ", or ]" || place === ", or }") && character === ",") {
      at++;
      place = place === ", or ]" ? "value" : "key";
    } else return fail();
  }
}

function match(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function scalar(text: string, at: number): number | undefined {
  return text[at] === '"' ? string(text, at) : match(NUMBER, text, at) ?? match(LITERAL, text, at);
}

function string(text: string, at: number): number | undefined {
  if (text[at] !== '"') return undefined;
  let end = at + 1;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code === 0x22) return end + 1;
    if (code < 0x20) return undefined;
    if (code !== 0x5c) end++;
    else {
      const next = match(ESCAPE, text, end);
      if (next === undefined) return undefined;
      end = next;
    }
  }
  return undefined;
}

function locate(text: string, at: number, place: Place): JsonError {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1, expected: describe(place) };
}

function describe(place: Place): string {
  switch (place) {
    case "value":
      return "a value";
    case "value or ]":
      return 'a value or "]"';
    case "key":
      return "a name in double quotes";
    case "key or }":
      return 'a name in double quotes or "}"';
    case ":":
      return '":"';
    case ", or ]":
      return '"," or "]"';
    case ", or }":
      return '"," or "}"';
    case "end":
      return "nothing more";
  }
}
