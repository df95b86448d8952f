/** What a query may hold: a parameter that nobody reads would look as if it had been heeded. */
import { ProblemError } from "../problem.ts";
import { shownName } from "../shown_name.ts";

/** Those that name a place. */
const PLACE = ["task", "split", "generator", "sample", "edits"];

/**
 * @param names parameters beside those that name a place
 * @param prefixes such as `filter.`, after which the name of a field stands
 * @throws {ProblemError} 422 naming the parameter that there is not, and those that there are
 */
export function checkQuery(query: URLSearchParams, names: readonly string[], prefixes: readonly string[]): void {
  const known = [...PLACE, ...names];
  const unknown = [...query.keys()].find((name) =>
    !known.includes(name) && !prefixes.some((prefix) => name.startsWith(prefix))
  );
  if (unknown === undefined) return;
  const field = shownName(unknown);
  const all = [...known, ...prefixes.map((prefix) => `${prefix}…`)].join(", ");
  throw new ProblemError(422, "Invalid request", `Cannot use ${field}: there is no such parameter, only ${all}`, {
    field,
  });
}
