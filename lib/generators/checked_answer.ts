/** What a generator answers, once it is known to be what it owes: a module may bring one in plain JavaScript. */
import type { ScoredToken } from "../lm/event.ts";
import type { NextToken } from "../lm/next.ts";
import { quote } from "../lm/quote.ts";
import type { Token } from "../lm/token.ts";

type Kind = "number" | "number or nothing" | "text" | "list" | "object";
/** Places in an object, and what nothing can be told without there. */
export type Fields = readonly (readonly [path: readonly string[], kind: Kind])[];

const TOKEN_FIELDS: Fields = [
  [["token", "id"], "number"],
  [["token", "text"], "text"],
  [["token", "bytes"], "list"],
  [["top"], "list"],
];
export const STEP_FIELDS: Fields = [
  [["sequence"], "number"],
  [["position"], "number"],
  ...TOKEN_FIELDS,
  [["processors"], "list"],
  [["draw"], "object"],
];
const SCORED_FIELDS: Fields = [...TOKEN_FIELDS, [["logprob"], "number"], [["rank"], "number"]];
const NEXT_FIELDS: Fields = [
  [["path"], "list"],
  [["offset"], "number"],
  ...STEP_FIELDS.map(([path, kind]): Fields[number] => [["step", ...path], kind]),
];

/** @throws {TypeError} saying what came in place of a list */
export function checkedTokens(given: readonly Token[]): readonly Token[] {
  return listOf(given, "tokenize");
}

/** @throws {TypeError} naming the token that lacks something, and what */
export function checkedScores(given: readonly ScoredToken[]): readonly ScoredToken[] {
  for (const [index, token] of listOf(given, "score").entries()) {
    const fault = faultOf(token, SCORED_FIELDS);
    if (fault !== undefined) throw new TypeError(`its score gives a token ${index} whose ${fault}`);
  }
  return given;
}

/** @throws {TypeError} naming what is lacking */
export function checkedNext(given: NextToken): NextToken {
  const fault = faultOf(given, NEXT_FIELDS);
  if (fault !== undefined) throw new TypeError(`its next gives a distribution whose ${fault}`);
  return given;
}

/** @example faultOf({ a: { b: 1 } }, [[["a", "b"], "text"]]) is "a.b is no text" */
export function faultOf(value: unknown, fields: Fields): string | undefined {
  const field = fields.find(([path, kind]) => !isOf(kind, at(value, path)));
  return field && `${field[0].join(".")} is no ${field[1]}`;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function listOf<Item>(given: readonly Item[], name: string): readonly Item[] {
  if (Array.isArray(given)) return given;
  throw new TypeError(`its ${name} gives no list, got ${quote(given)}`);
}

function at(value: unknown, path: readonly string[]): unknown {
  let found: unknown = value;
  for (const name of path) found = isRecord(found) ? found[name] : undefined;
  return found;
}

function isOf(kind: Kind, value: unknown): boolean {
  switch (kind) {
    case "number":
      return typeof value === "number" && !Number.isNaN(value);
    case "number or nothing":
      return value === undefined || isOf("number", value);
    case "text":
      return typeof value === "string";
    case "list":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null;
  }
}
