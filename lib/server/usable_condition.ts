import type { Condition } from "../datasets/condition.ts";
import { PatternError } from "../datasets/pattern.ts";
import { ProblemError } from "./problem.ts";

/**
 * A condition of an address, read.
 * @param field that holds it in the address
 * @throws {ProblemError} 422 naming the field, for a pattern that cannot be used
 */
export function usable(field: string, parse: () => Condition): Condition {
  try {
    return parse();
  } catch (error) {
    if (error instanceof PatternError) throw new ProblemError(422, "Invalid request", error.message, { field });
    throw error;
  }
}
