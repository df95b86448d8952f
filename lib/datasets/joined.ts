import { checkIndex, type Dataset, type RowProblem } from "./dataset.ts";
import type { FoundRow } from "./row_query.ts";
import { allRows } from "./scan.ts";

/** Several datasets as one, in their order. */
export function joined<Sample>(parts: readonly Dataset<Sample>[]): Dataset<Sample> {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  return {
    size,
    problems: problemsOf(parts),
    problemCount: parts.reduce((sum, { problems, problemCount = problems.length }) => sum + problemCount, 0),
    row(index) {
      checkIndex(index, size);
      let rest = index;
      for (const part of parts) {
        if (rest < part.size) return part.row(rest);
        rest -= part.size;
      }
      throw new RangeError(`Cannot read sample ${index}`);
    },
    scan: () => scanParts(parts),
  };
}

/** Each tells the row that follows it by its number among the rows of all parts. */
function problemsOf(parts: readonly Dataset<unknown>[]): readonly RowProblem[] {
  let first = 0;
  return parts.flatMap(({ problems, size }) => {
    const start = first;
    first += size;
    return problems.map((each) => each.before === undefined ? each : { ...each, before: start + each.before });
  });
}

async function* scanParts(parts: readonly Dataset<unknown>[]): AsyncGenerator<readonly FoundRow[], void, void> {
  let before = 0;
  for (const part of parts) {
    for await (const batch of allRows(part)) {
      yield batch.map((found) => ({ ...found, index: before + found.index }));
    }
    before += part.size;
  }
}
