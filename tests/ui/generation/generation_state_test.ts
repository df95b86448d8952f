import assert from "node:assert/strict";
import type { RunEvent, Step } from "../../../lib/lm/event.ts";
import { DEFAULT_PARAMS, PARAM_RANGES } from "../../../lib/lm/params.ts";
import { firstTokenMs, tokensPerSecond } from "../../../lib/ui/pace.ts";
import {
  branched,
  closed,
  continued,
  IDLE,
  isRunning,
  latest,
  received,
  started,
  whatIfOf,
} from "../../../lib/ui/generation/generation_state.ts";

function step(sequence: number, position: number): { type: "step" } & Step {
  return {
    type: "step",
    sequence,
    position,
    token: { id: 1, text: "a", bytes: [97] },
    logprob: -1,
    rank: 1,
    entropyNats: 1,
    top: [],
    restCount: 0,
    processors: [],
    draw: { kind: "greedy" },
  };
}

const USAGE = { promptTokens: 1, completionTokens: 1 };
const PROBLEM = { type: "about:blank", title: "t", status: 500, detail: "d", id: "x" };

Deno.test("started() makes room for one completion at least, and never for more than a request may ask for", () => {
  const { max } = PARAM_RANGES.n;
  for (const [n, made] of [[0, 1], [-3, 1], [3, 3], [max, max], [100_000_000, max]] as const) {
    const run = started({ ...DEFAULT_PARAMS, n }, 0);
    assert.equal(run.completions.length, made, `n = ${n}`);
    assert.equal(run.params?.n, n, "the server refuses what was asked, and says why");
  }
});

Deno.test("received() folds events of interleaved sequences into their completions", () => {
  const events: RunEvent[] = [
    { type: "prompt", tokens: [] },
    step(0, 0),
    step(1, 0),
    step(0, 1),
    { type: "finish", sequence: 1, reason: "stop", text: "a", usage: USAGE },
    { type: "metric", sequence: 1, name: "F1", value: 0.5 },
  ];
  const run = received(started({ ...DEFAULT_PARAMS, n: 2 }, 0), events, 10);
  assert.deepEqual(run.completions.map(({ steps }) => steps.length), [2, 1]);
  assert.equal(run.completions[1]?.reason, "stop");
  assert.deepEqual(run.completions[1]?.metrics, { F1: 0.5 });
  assert.equal(run.pace && firstTokenMs(run.pace), 10);
  assert.ok(isRunning(run));
});

Deno.test("received() leaves completions that no event touched as they are", () => {
  const before = received(started({ ...DEFAULT_PARAMS, n: 2 }, 0), [step(0, 0), step(1, 0)], 1);
  const after = received(before, [step(0, 1)], 2);
  assert.equal(after.completions[1], before.completions[1]);
  assert.notEqual(after.completions[0], before.completions[0]);
});

Deno.test("closed() marks a stream without done or error as incomplete and keeps its tokens", () => {
  const run = closed(received(started(DEFAULT_PARAMS, 0), [step(0, 0)], 1), "end");
  assert.equal(run.phase, "incomplete");
  assert.equal(run.completions[0]?.reason, "incomplete");
  assert.equal(run.completions[0]?.steps.length, 1);
});

Deno.test("closed() marks a stopped run as cancelled, and leaves a finished one alone", () => {
  const stopped = closed(received(started(DEFAULT_PARAMS, 0), [step(0, 0)], 1), "stopped");
  assert.equal(stopped.completions[0]?.reason, "cancelled");
  const done = received(started(DEFAULT_PARAMS, 0), [{ type: "done", elapsedMs: 1 }], 1);
  assert.equal(closed(done, "stopped"), done);
});

Deno.test("closed() with a problem keeps what had come", () => {
  const run = closed(received(started(DEFAULT_PARAMS, 0), [step(0, 0)], 1), PROBLEM);
  assert.equal(run.phase, "failed");
  assert.equal(run.problem, PROBLEM);
  assert.equal(run.completions[0]?.steps.length, 1);
});

Deno.test("closed() ends by the error what had not ended when an error came in the stream", () => {
  const events: RunEvent[] = [
    step(0, 0),
    { type: "finish", sequence: 0, reason: "stop", text: "a", usage: USAGE },
    step(1, 0),
    { type: "error", problem: PROBLEM },
  ];
  const run = closed(received(started({ ...DEFAULT_PARAMS, n: 3 }, 0), events, 1), "end");
  assert.equal(run.phase, "failed");
  assert.equal(run.problem, PROBLEM);
  assert.deepEqual(run.completions.map(({ reason, steps }) => [reason, steps.length]), [
    ["stop", 1],
    ["error", 1],
    ["error", 0],
  ]);
});

Deno.test("latest() is the branch that is written, and the first of several at once", () => {
  const two = closed(received(started({ ...DEFAULT_PARAMS, n: 2 }, 0), [step(0, 0), step(1, 0)], 1), "end");
  assert.equal(latest(two), two.completions[0]);
  const one = branched(two, { sequence: 0, position: 0 }, 2);
  assert.equal(latest(one), one.completions[2]);
  const more = branched(closed(one, "end"), { sequence: 2, position: 0 }, 3);
  assert.equal(latest(more), more.completions[3]);
  assert.equal(latest(IDLE), undefined);
});

Deno.test("branched() ends what still streams of the run, and keeps what has come of it", () => {
  const two = received(started({ ...DEFAULT_PARAMS, n: 2 }, 0), [step(0, 0), step(1, 0)], 1);
  const begun = received(branched(two, { sequence: 0, position: 0 }, 2), [step(0, 0)], 3, () => 2);
  assert.ok(isRunning(begun));
  const { phase, completions } = closed(begun, "end");
  assert.equal(phase, "incomplete");
  assert.deepEqual(completions.map(({ reason, steps }) => [reason, steps.length]), [
    ["cancelled", 1],
    ["cancelled", 1],
    ["incomplete", 1],
  ]);
});

Deno.test("branched() puts a branch in the place of one of which nothing came, and no other one's", () => {
  const one = closed(received(started(DEFAULT_PARAMS, 0), [step(0, 0)], 1), "end");
  const failed = closed(branched(one, { sequence: 0, position: 0 }, 2), PROBLEM);
  const again = branched(failed, { sequence: 0, position: 0 }, 3);
  assert.equal(again.problem, undefined);
  assert.deepEqual(again.completions.map(({ reason }) => reason), ["incomplete", undefined]);
  const partly = closed(received(again, [step(0, 0)], 4, () => 1), PROBLEM);
  assert.deepEqual(branched(partly, { sequence: 0, position: 0 }, 5).completions.map(({ reason }) => reason), [
    "incomplete",
    "error",
    undefined,
  ]);
});

Deno.test("whatIfOf() asks for a token's place by other params, but for none after another prompt", () => {
  const run = closed(received(started(DEFAULT_PARAMS, 0), [step(0, 0), step(0, 1)], 1), "end");
  const selection = { kind: "step", sequence: 0, position: 1 } as const;
  const body = whatIfOf(run, selection, { ...DEFAULT_PARAMS, temperature: 0.5 });
  assert.deepEqual(body?.path, [1]);
  assert.equal(body?.params.temperature, 0.5);
  assert.equal(whatIfOf({ ...run, madeOf: "1-of another" }, selection, DEFAULT_PARAMS), undefined);
  assert.equal(whatIfOf({ ...run, phase: "streaming" }, selection, DEFAULT_PARAMS), undefined);
});

Deno.test("branched() has no place in the queue of the run's stream before it", () => {
  const queued = received(started(DEFAULT_PARAMS, 0), [{ type: "queue", position: 3 }], 1);
  assert.equal(queued.ahead, 3);
  assert.equal(branched(queued, { sequence: 0, position: 0 }, 2).ahead, undefined);
});

Deno.test("a run's pace is that of what its latest stream draws: no token of the first frame, and none of a path", () => {
  const four = [0, 1, 2, 3].flatMap((sequence) => [step(sequence, 0), step(sequence, 1)]);
  const begun = received(started({ ...DEFAULT_PARAMS, n: 4 }, 0), four, 100);
  assert.equal(begun.pace && tokensPerSecond(begun.pace), undefined);
  const run = received(begun, [0, 1, 2, 3].flatMap((sequence) => [step(sequence, 2), step(sequence, 3)]), 600);
  // Eight tokens in half a second.
  assert.equal(run.pace && tokensPerSecond(run.pace), 16);

  const point = { sequence: 0, position: 2 };
  for (
    const [name, from, given] of [["branch", branched(run, point, 1000), 3], [
      "way on",
      continued(DEFAULT_PARAMS, point, 1000),
      2,
    ]] as const
  ) {
    const path = Array.from({ length: given }, (_, position) => step(0, position));
    const onPath = received(from, path, 1010);
    assert.equal(onPath.pace && firstTokenMs(onPath.pace), undefined, name);
    const drawn = received(onPath, [step(0, given)], 1040);
    assert.equal(drawn.pace && firstTokenMs(drawn.pace), 40, name);
    const more = received(drawn, [step(0, given + 1), step(0, given + 2)], 1540);
    assert.equal(more.pace && tokensPerSecond(more.pace), 4, name);
  }
});
