/** What a person writes above a column to keep some of its rows. */
import { fieldNumber } from "./field_text.ts";

export type Condition =
  | { readonly kind: "contains" | "lacks" | "is"; readonly text: string }
  | { readonly kind: "empty" }
  | { readonly kind: ">" | ">=" | "<" | "<="; readonly number: number };

/**
 * Reads a condition. What begins with none of the marks, or is no number after a comparison, is a text to contain.
 * @example ">3" is more than three, "=cat" exactly cat, "!cat" without cat, "=" empty or absent, "cat" with cat in any case
 */
export function parseCondition(text: string): Condition {
  const [, mark = "", rest = ""] = /^(>=|<=|>|<|=|!)([\s\S]*)$/.exec(text) ?? [];
  if (mark === "=" && rest === "") return { kind: "empty" };
  if (mark === "=") return { kind: "is", text: rest };
  if (mark === "!" && rest !== "") return { kind: "lacks", text: rest.toLowerCase() };
  const number = fieldNumber(rest.trim());
  if (number !== undefined && (mark === ">" || mark === ">=" || mark === "<" || mark === "<=")) {
    return { kind: mark, number };
  }
  return { kind: "contains", text: text.toLowerCase() };
}

/** Whether a field's text meets a condition. */
export function meets(text: string | undefined, condition: Condition): boolean {
  switch (condition.kind) {
    case "contains":
      return text !== undefined && text.toLowerCase().includes(condition.text);
    case "lacks":
      return text === undefined || !text.toLowerCase().includes(condition.text);
    case "is":
      return text === condition.text;
    case "empty":
      return text === undefined || text === "";
    default: {
      const value = fieldNumber(text);
      return value !== undefined && compares(value, condition.kind, condition.number);
    }
  }
}

function compares(value: number, kind: ">" | ">=" | "<" | "<=", bound: number): boolean {
  switch (kind) {
    case ">":
      return value > bound;
    case ">=":
      return value >= bound;
    case "<":
      return value < bound;
    case "<=":
      return value <= bound;
  }
}
