/** Rows made of a dataset's rows by other texts in some of their fields. */
import { formText } from "../lm/form_text.ts";
import { rowEntries } from "./field_text.ts";

/** Field → its text: texts as they are, everything else as JSON. */
export type Edits = Readonly<Record<string, string>>;

/**
 * A field as a person reads and edits it: texts as they are, everything else as indented JSON, and what JSON cannot hold, as
 * rows of a module's own may, as JavaScript writes it.
 */
export function editText(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return JSON.stringify(value, undefined, 1) ?? String(value);
  } catch {
    return Array.isArray(value) ? "[…]" : String(value);
  }
}

/**
 * The row with the edited fields in place of its own; the row itself stays as it is.
 * @throws {RangeError} for a field that the row does not have
 * @throws {SyntaxError} for a text that is not of the kind that the field holds
 */
export function derivedRow(row: unknown, edits: Edits): unknown {
  const names = Object.keys(edits);
  if (names.length === 0) return row;
  const known = new Map(rowEntries(row));
  const edited = names.map((field): [string, unknown] => {
    if (!known.has(field)) {
      const fields = [...known.keys()].map((name) => `"${name}"`).join(", ");
      throw new RangeError(`Cannot edit field "${field}": the row has only ${fields}`);
    }
    return [field, parseField(field, edits[field] ?? "", known.get(field))];
  });
  if (typeof row !== "object" || row === null || Array.isArray(row)) return edited[0]?.[1];
  return Object.assign(Object.create(Object.getPrototypeOf(row)), row, Object.fromEntries(edited));
}

/** Of the texts of a form, those that say something else than the row. */
export function changedTexts(row: unknown, texts: Edits): Edits {
  const fields = new Map(rowEntries(row));
  const changed = Object.entries(texts).flatMap(([field, sent]) => {
    const before = editText(fields.get(field)), text = formText(before, sent);
    return text === before ? [] : [[field, text]];
  });
  return Object.fromEntries(changed);
}

function parseField(field: string, text: string, before: unknown): unknown {
  if (typeof before === "string") return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SyntaxError(`Cannot edit field "${field}": expected ${kindOf(before)} as JSON, got ${shorten(text)}`);
  }
  if (before === undefined || before === null || kindOf(value) === kindOf(before)) return value;
  throw new SyntaxError(`Cannot edit field "${field}": expected ${kindOf(before)}, got ${kindOf(value)}`);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
