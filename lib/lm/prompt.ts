/** A prompt as a developer writes it: text whose fields are remembered, so that the screen can mark them. */
import { quote } from "./quote.ts";

/** Where one field's value stands in a prompt. Offsets count UTF-16 units, as `String.slice` does. */
export interface FieldSpan {
  readonly field: string;
  readonly start: number;
  readonly end: number;
}

/** The exact text that a model receives, and the spans of its fields in order. */
export interface Prompt {
  readonly text: string;
  readonly spans: readonly FieldSpan[];
}

/** A named value for a `prompt` template. The value is used as it is, byte for byte. */
export function field(name: string, value: string): Prompt {
  if (typeof value !== "string") {
    throw new TypeError(`Cannot mark field "${name}": expected a text, got ${quote(value)}`);
  }
  if (name === "") throw new TypeError("Cannot mark a field without a name");
  return { text: value, spans: [{ field: name, start: 0, end: value.length }] };
}

/**
 * A template tag that joins text, fields, and other prompts.
 * Subtle: escapes such as `\n` in the template mean what they mean in any template string; values are never changed.
 * @example prompt`Q: ${field("question", "why?")} A:` has the text "Q: why? A:" and one span from 3 to 7
 * @throws {TypeError} for a value that is none of these, as a row without the field gives: it would be missing unseen
 */
export function prompt(strings: TemplateStringsArray, ...values: readonly (Prompt | string | number)[]): Prompt {
  const pieces = strings.flatMap((text, index) =>
    index < values.length ? [toPrompt(text), checkedValue(values[index], index, text)] : [toPrompt(text)]
  );
  return joinPrompts(pieces);
}

const SHOWN_BEFORE = 32;

/** Subtle: the app starts without checking types, and none says what a row of a file holds. */
function checkedValue(value: unknown, index: number, before: string): Prompt {
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") {
    return toPrompt(String(value));
  }
  if (isPrompt(value)) return value;
  const place = before === "" ? "" : `, after ${quote(before.slice(-SHOWN_BEFORE))}`;
  throw new TypeError(
    `Cannot use value ${index + 1} of a prompt${place}: expected a text, a number or field(…), got ${quote(value)}`,
  );
}

/** Whether a value is a prompt, as no type says it of what plain JavaScript or a file gives. */
export function isPrompt(value: unknown): value is Prompt {
  return typeof value === "object" && value !== null && "text" in value && typeof value.text === "string" &&
    "spans" in value && Array.isArray(value.spans);
}

/** A part of a prompt, with the fields that begin in it. */
export function promptPart({ text, spans }: Prompt, start: number, end: number): Prompt {
  const own = spans.filter((span) => span.start >= start && span.start < end);
  return {
    text: text.slice(start, end),
    spans: own.map((span) => ({ ...span, start: span.start - start, end: Math.min(span.end, end) - start })),
  };
}

/** Prompts one after the other. */
export function joinPrompts(pieces: readonly Prompt[]): Prompt {
  let text = "";
  const spans: FieldSpan[] = [];
  for (const piece of pieces) {
    const offset = text.length;
    spans.push(...piece.spans.map(({ field, start, end }) => ({ field, start: start + offset, end: end + offset })));
    text += piece.text;
  }
  return { text, spans };
}

/** The fields of a prompt, each once. */
export function fieldsOf({ spans }: Prompt): readonly string[] {
  return [...new Set(spans.map(({ field }) => field))];
}

/** The prompt's text with the values of its fields left out: the same template, which says nothing of the sample.
 * @param fields those that are left out; absent: all
 * @example blankPrompt(prompt`Q: ${field("q", "why?")} A:`) is "Q:  A:" */
export function blankPrompt({ text, spans }: Prompt, fields?: readonly string[]): string {
  const names = fields && new Set(fields);
  let blank = "", end = 0;
  for (const span of spans) {
    if (names?.has(span.field) === false) continue;
    blank += text.slice(end, Math.max(end, span.start));
    end = Math.max(end, span.end);
  }
  return blank + text.slice(end);
}

/** A plain text is a prompt without fields. */
export function toPrompt(value: Prompt | string | number): Prompt {
  return typeof value === "object" ? value : { text: String(value), spans: [] };
}
