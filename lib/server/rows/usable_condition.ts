import { PatternError } from "../../lm/pattern.ts";
import { ProblemError } from "../problem.ts";

/**
 * What is looked for, as a field of a request says it, read.
 * @param field that holds it
 * @throws {ProblemError} 422 naming the field, for a pattern that cannot be used
 */
export function usable<Value>(field: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    if (error instanceof PatternError) throw new ProblemError(422, "Invalid request", error.message, { field });
    throw error;
  }
}
