/** What calls of a generator set aside, and what they are billed, where it tells nothing of its requests. */
import assert from "node:assert/strict";
import type { Generator } from "../../../lib/generators/generator.ts";
import { UpstreamError } from "../../../lib/generators/openai/upstream_error.ts";
import type { Draw, GeneratorEvent, OnBilled, Usage } from "../../../lib/lm/event.ts";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import { billed } from "../../../lib/server/admission/billed.ts";
import { Budget, type CounterStore } from "../../../lib/server/admission/budget.ts";
import { ProblemError } from "../../../lib/server/problem.ts";

/** What a server may put around a text. */
const FRAME = 64;
/** "abcdef" is 6 tokens at most, and the path one more. */
const REQUEST = { prompt: "abcdef", path: [7], top: 0, params: { ...DEFAULT_PARAMS, maxTokens: 10, n: 2 } };
const PROMPT = 6 + 1 + FRAME;
const SET_ASIDE = 2 * (PROMPT + 10);

function step(sequence: number, kind: "forced" | "remote"): GeneratorEvent {
  const draw: Draw = { kind };
  return { type: "step", sequence, position: 0, token: { id: 0, text: "", bytes: [] }, top: [], processors: [], draw };
}

function usage(promptTokens: number, completionTokens: number): Required<Usage> {
  return { promptTokens, completionTokens };
}

function finish(sequence: number, promptTokens: number, completionTokens: number): GeneratorEvent {
  return { type: "finish", sequence, reason: "stop", text: "", usage: usage(promptTokens, completionTokens) };
}

/** The tokens that are counted after each change. */
function counted(limit = Infinity) {
  const sums: number[] = [];
  const store: CounterStore = {
    add(_, amount, cap) {
      const sum = (sums.at(-1) ?? 0) + amount;
      if (sum <= cap) sums.push(sum);
      return Promise.resolve(sum <= cap);
    },
  };
  return { budget: new Budget({ tokensPerDay: limit }, store), sums };
}

function generatorOf(events: readonly GeneratorEvent[], isBilled = true): Generator {
  return {
    facts: { device: "test" },
    isBilled,
    async *generate() {
      for (const event of events) yield await Promise.resolve(event);
    },
    close: () => Promise.resolve(),
  };
}

async function billOf(events: readonly GeneratorEvent[], read = Infinity): Promise<readonly number[]> {
  const { budget, sums } = counted();
  let count = 0;
  for await (const _ of billed(generatorOf(events), { budget, client: "a" }).generate(REQUEST)) {
    if (++count >= read) break;
  }
  return sums;
}

const begun = [step(0, "forced"), step(1, "forced"), step(0, "remote"), step(1, "remote"), step(1, "remote")];

Deno.test("billed() counts one prompt and what each completion says that it has, whatever its steps are", async () => {
  assert.deepEqual(await billOf([...begun, finish(0, 5, 3000), finish(1, 5, 2)]), [SET_ASIDE, 5 + 3000 + 2]);
});

Deno.test("billed() counts all that was set aside where a completion has no end, as it may have thought unseen", async () => {
  assert.deepEqual(await billOf(begun), [SET_ASIDE]);
  assert.deepEqual(await billOf(begun, 3), [SET_ASIDE]);
  assert.deepEqual(await billOf([...begun, finish(0, 0, 1)]), [SET_ASIDE]);
});

Deno.test("billed() counts all that was set aside where a server tells nothing of one of its requests, and no less than it tells of others", async () => {
  const TOLD: readonly (readonly [sent: readonly (Required<Usage> | undefined)[], tokens: number])[] = [
    [[usage(5, 3), usage(5, 4)], 5 + 3 + 5 + 4],
    [[usage(5, 3), undefined], SET_ASIDE],
    [[undefined, undefined], SET_ASIDE],
    [[usage(5, 3000), undefined], 3005],
  ];
  for (const [sent, tokens] of TOLD) {
    const { budget, sums } = counted();
    const telling: Generator = {
      ...generatorOf([]),
      async *generate({ onBilled }) {
        for (const [index, each] of sent.entries()) {
          yield await Promise.resolve(step(index, "remote"));
          onBilled?.(each);
          yield finish(index, 0, 1);
        }
      },
    };
    for await (const _ of billed(telling, { budget, client: "a" }).generate(REQUEST));
    assert.equal(sums.at(-1), tokens, JSON.stringify(sent));
  }
});

Deno.test("billed() refuses what could go beyond the cap before anything is sent", async () => {
  const { budget, sums } = counted(SET_ASIDE - 1);
  const events = billed(generatorOf(begun), { budget, client: "a" }).generate(REQUEST);
  await assert.rejects(events.next(), (error) => error instanceof ProblemError && error.status === 429);
  assert.deepEqual(sums, []);
});

Deno.test("billed() counts a score that tells nothing by its ids and texts, with the token that is written", async () => {
  const { budget, sums } = counted();
  const scoring: Generator = { ...generatorOf([]), score: () => Promise.resolve([]) };
  await billed(scoring, { budget, client: "a" }).score?.({ prompt: "abcdef", completion: [1, 2], top: 1 });
  assert.deepEqual(sums, [6 + 2 + FRAME + 1]);
});

Deno.test("billed() sets aside the text that ids stand for, once for each request that a step may take", async () => {
  const { budget, sums } = counted();
  const told = (onBilled?: OnBilled) => onBilled?.({ promptTokens: 3, completionTokens: 1 });
  const stepping: Generator = {
    ...generatorOf([]),
    pathText: (path) => ({ sizeBytes: 5 * path.length, requests: 2 }),
    next: ({ onBilled }) => Promise.reject(told(onBilled)),
  };
  const request = { prompt: "abcdef", path: [1, 2], append: "é", params: DEFAULT_PARAMS, offset: 0, limit: 1 };
  await assert.rejects(async () => await billed(stepping, { budget, client: "a" }).next?.(request));
  assert.deepEqual(sums, [2 * (6 + 10 + 2 + FRAME + 1), 3 + 1]);
});

const REFUSALS: readonly Error[] = [
  new UpstreamError("refused the key", { status: 401 }),
  new UpstreamError("asked too often", { status: 429 }),
  new RangeError("Cannot go on with a given text"),
];
const FAILURES: readonly Error[] = [
  new UpstreamError("failed", { status: 500 }),
  new UpstreamError("too late", { isTimeout: true }),
  new UpstreamError("lost", { isConnection: true }),
  new DOMException("left", "AbortError"),
  new Error("a module's own"),
];

/** What one call counts in the end that fails, with what came before, by the caps and by the metric. */
async function countOf(call: "generate" | "next" | "score", error: Error, before: readonly GeneratorEvent[] = []) {
  const { budget, sums } = counted();
  const failing: Generator = {
    ...generatorOf([]),
    async *generate() {
      for (const event of before) yield await Promise.resolve(event);
      throw error;
    },
    next: () => Promise.reject(error),
    score: () => Promise.reject(error),
  };
  const { generate, next, score } = billed(failing, { budget, client: "a" });
  await assert.rejects(async () => {
    if (call === "generate") { for await (const _ of generate(REQUEST)); }
    if (call === "next") await next?.({ prompt: "abcdef", path: [], params: DEFAULT_PARAMS, offset: 0, limit: 1 });
    if (call === "score") await score?.({ prompt: "abcd", completion: "ef", top: 1 });
  }, (each) => each === error);
  assert.equal(budget.spentTokens, sums.at(-1), "the metric counts as the caps do");
  return sums.at(-1);
}

Deno.test("billed() counts nothing of what was refused before anything came, here or by the server", async () => {
  for (const error of REFUSALS) {
    for (const call of ["generate", "next", "score"] as const) {
      assert.equal(await countOf(call, error), 0, error.message);
    }
    assert.equal(await countOf("generate", error, [step(0, "forced")]), 0, "what is given is nothing that came");
    assert.equal(await countOf("generate", error, begun), SET_ASIDE);
  }
});

Deno.test("billed() counts what was lost, too late or left as if it had been worked on", async () => {
  for (const error of FAILURES) {
    assert.equal(await countOf("generate", error), SET_ASIDE, error.message);
    for (const call of ["next", "score"] as const) {
      assert.equal(await countOf(call, error), 6 + FRAME + 1, error.message);
    }
  }
});

Deno.test("billed() leaves a generator alone that nobody bills", () => {
  const free = generatorOf(begun, false);
  assert.equal(billed(free, { budget: counted().budget, client: "a" }), free);
});
