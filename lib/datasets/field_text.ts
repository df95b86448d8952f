/** A field's value as the text that search, sort and filter look at. */

/**
 * Texts as they are, numbers and truth values as they are written, lists and objects as their leaves, one a line.
 * @param inside the lists and objects that hold the value
 * @returns undefined for what is absent or null: it matches nothing and is sorted last, beside what is empty
 * @example fieldText(["a", { b: 2 }]) is "a\n2"
 */
export function fieldText(value: unknown, inside: readonly unknown[] = []): string | undefined {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object") return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : value.toISOString();
  // A row of a module's own may hold itself.
  if (inside.includes(value)) return "";
  return Object.values(value).map((item) => fieldText(item, [...inside, value]) ?? "").join("\n");
}

/**
 * The number that a field's text is written as, as cells of CSV files are: spaces around it, a plus and a bare point are part
 * of that. Undefined when it is none.
 * @example fieldNumber("1e3") is 1000, fieldNumber(" +.5") is 0.5
 */
export function fieldNumber(text: string | undefined): number | undefined {
  if (text === undefined || text.length > NUMBER_CHARACTERS || !NUMBER.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Longer than what the pattern takes, so that it is not tried on texts of megabytes. */
const NUMBER_CHARACTERS = 70;
// Subtle: a line end stands between the leaves of a list, which is no number.
const NUMBER = /^[^\S\n]*[-+]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,3})?[^\S\n]*$/;

/** The fields of a row; a row that is no object is its one field `row`. */
export function rowEntries(row: unknown): readonly (readonly [name: string, value: unknown])[] {
  if (typeof row !== "object" || row === null || Array.isArray(row)) return [["row", row]];
  return Object.entries(row);
}
