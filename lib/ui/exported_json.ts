/** What a file holds that was chosen to be imported: it may be any file. */
import * as v from "valibot";
import { thrownText } from "../lm/thrown.ts";

/** A number that counts something, or says which one of a list. */
export const wholeSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Subtle: JSON has no infinity, so that of a perplexity comes back as null; it reads as a metric without a value. */
export const metricsSchema = v.record(
  v.string(),
  v.pipe(v.nullish(v.number()), v.transform((value) => value ?? undefined)),
);

/** @throws {SyntaxError} beginning with `what`, as the parser's own words name neither the deed nor the file it needs */
export function exportedJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = thrownText(error);
    throw new SyntaxError(`${what}: expected a file as Export writes it, and this is no JSON (${reason})`);
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
