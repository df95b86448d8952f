import type { Problem } from "../lm/event.ts";
import type { State } from "./app_state.ts";
import { isUnexpected, ProblemError, problemOf } from "./problem.ts";

/**
 * The problem that a request tells its client, which the log is told of: its title stands in the request's line, and what
 * was not expected has its stack there, under the ID that the client gets.
 *
 * Subtle: a page may have several; its line names the one that came first.
 */
export function toldProblem(
  { log, requestId, tally, problemHeaders }: Pick<State, "log" | "requestId" | "tally" | "problemHeaders">,
  error: unknown,
): Problem {
  const problem = problemOf(error, requestId);
  tally.code ??= problem.title;
  if (error instanceof ProblemError && !problemHeaders.has(error.status)) {
    problemHeaders.set(error.status, error.headers);
  }
  if (isUnexpected(error)) log.failure(requestId, error);
  return problem;
}
