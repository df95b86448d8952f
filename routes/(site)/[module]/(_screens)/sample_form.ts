/** The fields of a sample, and the form in which other texts are written for them. */
import { changedTexts, type Edits, editText } from "../../../../lib/datasets/derived.ts";
import { rowEntries } from "../../../../lib/datasets/field_text.ts";
import type { Problem } from "../../../../lib/lm/event.ts";
import { editedRow } from "../../../../lib/server/place.ts";
import { toldProblem } from "../../../../lib/server/told_problem.ts";
import type { SampleField } from "../../../../lib/ui/address/dataset_screen.ts";
import type { ScreenRequest } from "./screen.ts";

/** Before the name of a field, in the name of its text area. */
const FIELD = "field.";

/** What the form of the fields holds; undefined when it was not sent. */
export function formTexts(query: URLSearchParams): Edits | undefined {
  const sent = [...query].filter(([name]) => name.startsWith(FIELD));
  return sent.length === 0
    ? undefined
    : Object.fromEntries(sent.map(([name, text]) => [name.slice(FIELD.length), text]));
}

/** What a form's texts change in the row, or why they cannot. */
export function derive(
  { state }: ScreenRequest,
  original: unknown,
  texts: Edits,
): { readonly edits: Edits } | { readonly problem: Problem } {
  try {
    const edits = changedTexts(original, texts);
    editedRow(original, edits);
    return { edits };
  } catch (error) {
    return { problem: toldProblem(state, error) };
  }
}

/** @param texts of a form that was refused: nothing that was typed is lost */
export function sampleFields(row: unknown, original: unknown, texts: Edits = {}): readonly SampleField[] {
  const before = new Map(rowEntries(original));
  return rowEntries(row).map(([name, value]) => {
    const text = Object.hasOwn(texts, name) ? texts[name] ?? "" : editText(value);
    const was = editText(before.get(name));
    return text === was ? { name, text } : { name, text, original: was };
  });
}
