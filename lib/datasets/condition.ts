/** What a person writes above a column to keep some of its rows. */
import { parsePattern } from "../lm/pattern.ts";
import { isMatch, PatternMatcher } from "../lm/pattern_matcher.ts";
import { fieldNumber } from "./field_text.ts";
import type { Turns } from "./turns.ts";

export type Condition =
  | { readonly kind: "contains" | "lacks"; readonly text: string }
  | { readonly kind: "matches" | "mismatches"; readonly pattern: PatternMatcher }
  /** One of these exactly, or none of them; "" stands for what is empty or absent. */
  | { readonly kind: "in" | "notIn"; readonly texts: readonly string[] }
  /** A number, within all of the bounds. */
  | { readonly kind: "number"; readonly bounds: readonly Bound[] };

export interface Bound {
  readonly mark: ">" | ">=" | "<" | "<=";
  readonly number: number;
}

const BOUND = />=|<=|>|</.source;
const BOUNDS = new RegExp(`^(${BOUND})\\s*([^\\s<>]+)(?:\\s*(${BOUND})\\s*([^\\s<>]+))?$`);
/** A text of a list: as JSON, or up to the next comma. */
const ITEM = /\s*("(?:[^"\\]|\\.)*"(?=\s*(?:,|$))|[^,]*)\s*(?:,|$)/y;

/**
 * Reads a condition. What begins with none of the marks, or is no number after a comparison, is a text to contain.
 * @example ">3" is more than three, ">=3 <5" a range, "=cat" exactly cat, "!=cat" all but that, "in:cat, dog" one of them,
 * "!in:cat, dog" none, "!cat" without cat, "=" empty or absent, "cat" with cat in any case, "/^cat/" and "!/^cat/" by a
 * pattern
 * @throws {PatternError} for a pattern that cannot be used
 */
export function parseCondition(text: string): Condition {
  const pattern = parsePattern(text.replace(/^!(?=\/)/, ""));
  if (pattern !== undefined) {
    return { kind: text.startsWith("!") ? "mismatches" : "matches", pattern: new PatternMatcher(pattern) };
  }
  const [, mark = "", rest = ""] = /^(=|!=|in:|!in:)([\s\S]*)$/.exec(text) ?? [];
  if (mark !== "") {
    const texts = mark.endsWith(":") ? parseList(rest) : [rest];
    return { kind: mark.startsWith("!") ? "notIn" : "in", texts };
  }
  const [, ...parts] = BOUNDS.exec(text.trim()) ?? [];
  const bounds = [parts.slice(0, 2), parts.slice(2)].flatMap(([mark, digits]) => parseBound(mark, digits));
  if (bounds.length > 0 && bounds.length === parts.filter(isBoundMark).length) return { kind: "number", bounds };
  if (text.startsWith("!") && text !== "!") return { kind: "lacks", text: text.slice(1).toLowerCase() };
  return { kind: "contains", text: text.toLowerCase() };
}

/** What a search asks of a field: a text that it holds, in any case, or a pattern. @throws {PatternError} */
export function parseSearch(text: string): Condition {
  const pattern = parsePattern(text);
  if (pattern === undefined) return { kind: "contains", text: text.toLowerCase() };
  return { kind: "matches", pattern: new PatternMatcher(pattern) };
}

/** A condition of exact texts or of bounds as `parseCondition` reads it, in one line. */
export function formatCondition(condition: Extract<Condition, { kind: "in" | "notIn" | "number" }>): string {
  if (condition.kind === "number") return condition.bounds.map(({ mark, number }) => `${mark}${number}`).join(" ");
  const { kind, texts: [text = "", ...others] } = condition;
  const not = kind === "notIn" ? "!" : "";
  if (others.length === 0 && isPlain(text)) return `${not}=${text}`;
  return `${not}in:${[text, ...others].map(formatItem).join(",")}`;
}

/** Whether a field's text meets a condition. */
export function meets(text: string | undefined, condition: Condition): boolean {
  switch (condition.kind) {
    case "contains":
      return text !== undefined && text.toLowerCase().includes(condition.text);
    case "lacks":
      return text === undefined || !text.toLowerCase().includes(condition.text);
    case "matches":
      return text !== undefined && isMatch(text, condition.pattern);
    case "mismatches":
      return text === undefined || !isMatch(text, condition.pattern);
    case "in":
      return condition.texts.includes(text ?? "");
    case "notIn":
      return !condition.texts.includes(text ?? "");
    case "number": {
      const value = fieldNumber(text);
      return value !== undefined && condition.bounds.every((bound) => isWithin(value, bound));
    }
  }
}

/** The same in turns with others, as a pattern takes its time with each unit of a text. */
export async function meetsInTurns(text: string | undefined, condition: Condition, turns: Turns): Promise<boolean> {
  if (text === undefined || (condition.kind !== "matches" && condition.kind !== "mismatches")) {
    return meets(text, condition);
  }
  const { pattern } = condition, search = pattern.begin(pattern.pattern.isCaseless ? text.toLowerCase() : text);
  for (;;) {
    const before = search.effort, isFound = pattern.goOn(search, turns.left);
    const turn = turns.did(search.effort - before);
    if (turn !== undefined) await turn;
    if (isFound !== undefined) return isFound === (condition.kind === "matches");
  }
}

function isWithin(value: number, { mark, number }: Bound): boolean {
  switch (mark) {
    case ">":
      return value > number;
    case ">=":
      return value >= number;
    case "<":
      return value < number;
    case "<=":
      return value <= number;
  }
}

function parseBound(mark: string | undefined, digits: string | undefined): readonly Bound[] {
  const number = fieldNumber(digits);
  return number === undefined || !isBoundMark(mark) ? [] : [{ mark, number }];
}

function isBoundMark(mark: string | undefined): mark is Bound["mark"] {
  return mark === ">" || mark === ">=" || mark === "<" || mark === "<=";
}

/** @example parseList('cat, "a, b"') is ["cat", "a, b"] */
function parseList(text: string): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at <= text.length;) {
    ITEM.lastIndex = at;
    const [whole = "", item = ""] = ITEM.exec(text) ?? [];
    texts.push(parseItem(item));
    at += whole.length;
    if (!whole.endsWith(",")) break;
  }
  return texts;
}

function parseItem(item: string): string {
  if (!item.startsWith('"')) return item.trim();
  try {
    return String(JSON.parse(item));
  } catch {
    return item.trim(); // Quotes that are part of the text.
  }
}

function formatItem(text: string): string {
  const isBare = text !== "" && text === text.trim() && isPlain(text) && !/,|^"/.test(text);
  return isBare ? text : JSON.stringify(text);
}

/** Whether a text survives a field of a form and an address: line ends and lone surrogates do not. */
function isPlain(text: string): boolean {
  return !/[\r\n]/.test(text) && text.isWellFormed();
}
