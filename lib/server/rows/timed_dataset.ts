/** A data set whose code is waited for no longer than a time, as a developer's own may never come to an end. */
import type { Clock } from "../../generators/clock.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { LateError } from "../../datasets/late_error.ts";
import { allRows } from "../../datasets/scan.ts";
import { isThenable } from "../admission/in_time.ts";
import { ProblemError } from "../problem.ts";

/** For one row, or for the next rows of those that are read one after the other. */
const ROW_MS = 30_000;
/** For an answer of a split's own engine, once it has its index. */
const ENGINE_MS = 10 * 60_000;

interface Timing {
  readonly clock: Clock;
  /** As a sentence goes on with it: `split "test"`. */
  readonly name: string;
}

/**
 * The same data set. What it throws for what is late is a `LateError`; its code is not ended by that, as nothing can end a
 * promise.
 */
export function timedDataset<Sample>(given: Dataset<Sample>, { clock, name }: Timing): Dataset<Sample> {
  const engine = <Answer>(work: Promise<Answer>, what: string) => {
    const isBusy = () => given.indexState?.().kind === "writing";
    return soon(work, { clock, ms: ENGINE_MS, late: `Cannot ${what} ${name}: its engine did not answer`, isBusy });
  };
  const { query, statistics, indexState, close } = given;
  return {
    size: given.size,
    problems: given.problems,
    ...(given.problemCount === undefined ? {} : { problemCount: given.problemCount }),
    row(index) {
      const row = given.row(index);
      if (!isThenable(row)) return row;
      return soon(row, { clock, ms: ROW_MS, late: `Cannot read sample ${index} of ${name}: it did not come` });
    },
    // Subtle: so many rows have one timer, where each row would have its own.
    scan: () =>
      timedParts(allRows(given), { clock, ms: ROW_MS, late: `Cannot read ${name}: its next rows did not come` }),
    ...(query && { query: (wanted) => engine(query.call(given, wanted), "search") }),
    ...(statistics && { statistics: () => engine(statistics.call(given), "look at the values of") }),
    ...(indexState && { indexState: () => indexState.call(given) }),
    ...(close && { close: () => close.call(given) }),
  };
}

/** What a data set gives, or the problem to show where it comes too late. @throws {ProblemError} 504 */
export async function inTimeOrTold<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof LateError ? new ProblemError(504, "Too late", error.message) : error;
  }
}

interface Deadline {
  readonly clock: Clock;
  readonly ms: number;
  /** What did not happen, as a sentence goes on with "within 30 s". */
  readonly late: string;
  /** Whether there is a reason to wait on. */
  readonly isBusy?: () => boolean;
}

async function* timedParts<Part>(parts: AsyncIterable<Part>, deadline: Deadline): AsyncGenerator<Part, void, void> {
  const iterator = parts[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await soon(iterator.next(), deadline);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // Subtle: not waited for, as one that is late ends late too, or never; and one written by hand may give no promise.
    Promise.try(() => iterator.return?.()).catch(() => {});
  }
}

/** @throws {LateError} when it takes longer */
async function soon<Value>(work: Promise<Value>, { clock, ms, late, isBusy }: Deadline): Promise<Value> {
  let stopTimer = () => {};
  const tooLate = new Promise<never>((_, reject) => {
    const watch = () => {
      stopTimer = clock.after(ms, () => {
        if (isBusy?.() === true) watch();
        else reject(new LateError(`${late} within ${ms / 1000} s`));
      });
    };
    watch();
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    stopTimer();
  }
}
