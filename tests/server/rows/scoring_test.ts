/** Rows scored in the background: in turn, while somebody looks, and after everybody who uses the model. */
import assert from "node:assert/strict";
import { ProblemError } from "../../../lib/server/problem.ts";
import type { ScoringState } from "../../../lib/lm/row_score.ts";
import { Scoring, type ScoringWish } from "../../../lib/server/rows/scoring.ts";
import { until } from "../../rig/until.ts";

/** A choice whose scores are in the order in which they were made. */
function choice(key: string, rows: readonly number[], log: string[], rest: Partial<ScoringWish> = {}): ScoringWish {
  const known = new Set<number>();
  return {
    key,
    model: "model",
    first: [],
    rows: () => Promise.resolve(rows),
    isKnown: (row) => known.has(row),
    hasScore: (row) => known.has(row),
    score: (row) => {
      known.add(row);
      log.push(`${key}${row}`);
      return Promise.resolve();
    },
    isUsed: () => false,
    ...rest,
  };
}

function scoring(lookedMs?: number): Scoring & Disposable {
  const stopping = new AbortController();
  const made = new Scoring(stopping.signal, lookedMs);
  return Object.assign(made, { [Symbol.dispose]: () => stopping.abort() });
}

async function done(jobs: Scoring, wish: ScoringWish): Promise<ScoringState> {
  let state = jobs.look(wish, false);
  await until("the choice is done", () => (state = jobs.look(wish, false)).kind === "done" || state.kind === "failed");
  return state;
}

Deno.test("the rows of a choice are scored in its order, those that are known left out, and then it is done", async () => {
  using jobs = scoring();
  const log: string[] = [],
    isKnown = (row: number) => row === 1 || log.includes(`a${row}`),
    wish = choice("a", [5, 1, 3], log, { isKnown, hasScore: isKnown });
  assert.deepEqual(jobs.look(wish, true), { kind: "waiting", others: 0 });
  assert.deepEqual(await done(jobs, wish), { kind: "done", of: 3 });
  assert.deepEqual(log, ["a5", "a3"]);
});

Deno.test("the rows that somebody looks at now come first, also when it is another page than the one before", async () => {
  using jobs = scoring();
  const log: string[] = [], wish = choice("a", [0, 1, 2, 3, 4, 5, 6, 7], log);
  let page = [4, 5];
  const score = async (row: number, signal: AbortSignal) => {
    // Somebody goes on to another page, where no score can be had of one row.
    if (log.length === 2) jobs.look({ ...wish, first: page = [7, 6] }, false);
    if (row === 7) log.push("a7 in vain");
    else await wish.score(row, signal);
  };
  const looked = { ...wish, score };
  jobs.look({ ...looked, first: page }, true);
  await until("all is done", () => jobs.look({ ...looked, first: page }, false).kind === "done");
  assert.deepEqual(log, ["a4", "a5", "a0", "a7 in vain", "a6", "a1", "a2", "a3"]);
});

Deno.test("two choices of one model take turns, row by row, and each is told of the other", async () => {
  using jobs = scoring();
  let isUsed = true;
  const log: string[] = [], rest = { isUsed: () => isUsed };
  const one = choice("a", [0, 1, 2], log, rest), other = choice("b", [7, 8, 9], log, rest);
  jobs.look(one, true);
  assert.deepEqual(jobs.look(other, true), { kind: "waiting", others: 1 });
  isUsed = false;
  await done(jobs, one);
  await done(jobs, other);
  assert.deepEqual(log, ["a0", "b7", "a1", "b8", "a2", "b9"]);
});

Deno.test("it keeps away while people use the model, says so, and goes on", async () => {
  using jobs = scoring();
  let isUsed = true;
  const log: string[] = [], wish = choice("a", [0, 1], log, { isUsed: () => isUsed });
  jobs.look(wish, true);
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(log, []);
  isUsed = false;
  await until("a row is scored", () => log.length > 0);
  assert.equal((await done(jobs, wish)).kind, "done");
});

Deno.test("a model that is too busy is asked again for the same row; what else is wrong ends it, until somebody tries again", async () => {
  using jobs = scoring();
  const log: string[] = [], faults = [new ProblemError(429, "Too busy", "busy"), new Error("the model broke")];
  const known = choice("a", [0], log);
  const wish = {
    ...known,
    score: (row: number, signal: AbortSignal) => {
      const fault = faults.shift();
      return fault === undefined ? known.score(row, signal) : Promise.reject(fault);
    },
  };
  assert.deepEqual(await done(jobs, wish), { kind: "failed", reason: "the model broke" });
  assert.deepEqual(jobs.look(wish, false), { kind: "failed", reason: "the model broke" });
  jobs.look(wish, true);
  assert.deepEqual(await done(jobs, wish), { kind: "done", of: 1 });
});

Deno.test("a model that goes on refusing is asked less and less often", async () => {
  using jobs = scoring(Infinity);
  const askedMs: number[] = [];
  const refuse = () => (askedMs.push(performance.now()), Promise.reject(new ProblemError(429, "Too busy", "busy")));
  jobs.look({ ...choice("a", [0], []), score: refuse }, true);
  await until("it was asked five times", () => askedMs.length >= 5);
  // At least 50, 100, 200 and 400 ms lie between them.
  for (const [index, ms] of askedMs.slice(1, 5).entries()) {
    const waitedMs = ms - (askedMs[index] ?? NaN);
    assert.ok(waitedMs > 50 * 2 ** index - 1, `${waitedMs} ms after refusal ${index + 1}`);
  }
});

Deno.test("it ends when nobody looks any more, and when the app stops", async () => {
  const stopping = new AbortController();
  const jobs = new Scoring(stopping.signal, 20);
  const log: string[] = [], many = Array.from({ length: 1_000_000 }, (_, row) => row);
  const looked = choice("a", many, log, { isKnown: () => false });
  await until("a row is scored while somebody looks", () => (jobs.look(looked, true), log.length > 0));
  await new Promise((resolve) => setTimeout(resolve, 60));
  const seen = log.length;
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(log.length, seen, "nobody looks");
  const other: string[] = [];
  const next = choice("b", many, other, { isKnown: () => false });
  await until("a row is scored while somebody looks", () => (jobs.look(next, true), other.length > 0));
  stopping.abort();
  await new Promise((resolve) => setTimeout(resolve, 10));
  const stopped = other.length;
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(other.length, stopped);
});

Deno.test("of more choices than are scored at once, the next has its turn when one is done", async () => {
  using jobs = scoring();
  let isUsed = true;
  const log: string[] = [],
    wishes = Array.from({ length: 9 }, (_, at) => choice(`${at}:`, [at], log, { isUsed: () => isUsed }));
  for (const wish of wishes.slice(0, 8)) jobs.look(wish, true);
  const last = wishes[8] ?? assert.fail();
  assert.deepEqual(jobs.look(last, true), { kind: "waiting", others: 8 });
  isUsed = false;
  assert.equal((await done(jobs, last)).kind, "done");
});

Deno.test("a row of which nothing is known after it was scored is not scored again and again", async () => {
  using jobs = scoring();
  const scored: number[] = [];
  const wish = choice("a", [0, 1], [], {
    isKnown: () => false,
    score: (row) => Promise.resolve(void scored.push(row)),
  });
  await done(jobs, wish);
  assert.deepEqual(scored, [0, 1]);
});
