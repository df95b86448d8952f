/** All rows of a split one after the other, many at a time. */
import type { Dataset } from "./dataset.ts";
import type { FoundRow } from "./row_query.ts";
import { thrownText } from "../lm/thrown.ts";

/** Rows that are looked at together, and how long this goes on before others get their turn. */
const TURN_ROWS = 2_000, TURN_MS = 8;

/** @throws the signal's reason, between two lots of rows */
export async function* scanRows(
  dataset: Dataset<unknown>,
  signal?: AbortSignal,
): AsyncGenerator<readonly FoundRow[], void, void> {
  let endMs = performance.now() + TURN_MS;
  for await (const batch of allRows(dataset)) {
    yield batch;
    signal?.throwIfAborted();
    if (performance.now() < endMs) continue;
    await new Promise((resolve) => setTimeout(resolve));
    endMs = performance.now() + TURN_MS;
  }
}

/** The same for who has a thread of its own: nobody waits for a turn. */
export function allRows(dataset: Dataset<unknown>): AsyncIterable<readonly FoundRow[]> {
  return dataset.scan?.() ?? oneByOne(dataset);
}

/** Subtle: a lot ends by its time too, so that who reads rows that come slowly can leave between them. */
async function* oneByOne(dataset: Dataset<unknown>): AsyncGenerator<readonly FoundRow[], void, void> {
  for (let index = 0; index < dataset.size;) {
    const batch: FoundRow[] = [], endMs = performance.now() + TURN_MS;
    while (index < dataset.size && batch.length < TURN_ROWS && performance.now() < endMs) {
      batch.push(await foundRow(dataset, index++));
    }
    yield batch;
  }
}

/** A row by its number, or why it cannot be read. */
export async function foundRow(dataset: Dataset<unknown>, index: number): Promise<FoundRow> {
  try {
    return { index, row: await dataset.row(index) };
  } catch (error) {
    return { index, fault: thrownText(error) };
  }
}
