/** What a generator of a module's own owes, and how it is told where it does not give it. */
import assert from "node:assert/strict";
import type { GeneratorEvent } from "../../lib/lm/event.ts";
import {
  chat,
  component,
  defineModule,
  generation,
  type Generator,
  type GeneratorSource,
  nextToken,
  rows,
  text,
} from "../../lib/mod.ts";
import { readEvents, readProblem } from "../rig/read_events.ts";
import { rigApp } from "../rig/rig_app.ts";

/** As plain JavaScript has it, where no type says what is given. */
const untyped = <Value>(value: unknown) => value as Value;

const step = (sequence: number): GeneratorEvent => ({
  type: "step",
  sequence,
  position: 0,
  token: { id: 1, text: "a", bytes: [97] },
  top: [],
  processors: [],
  draw: { kind: "remote" },
});
const finish = (sequence: number): GeneratorEvent => ({
  type: "finish",
  sequence,
  reason: "stop",
  text: "a",
  usage: { promptTokens: 1, completionTokens: 1 },
});

async function* each(events: readonly unknown[]): AsyncGenerator<GeneratorEvent, void, void> {
  for (const event of events) yield untyped<GeneratorEvent>(await Promise.resolve(event));
}

function own(parts: Partial<Generator>): GeneratorSource {
  const whole: Generator = {
    facts: { device: "none" },
    generate: () => each([step(0), finish(0)]),
    close: () => Promise.resolve(),
    ...parts,
  };
  return { kind: "own", label: "own", open: () => Promise.resolve(whole) };
}
const gives = (value: unknown): GeneratorSource => ({
  ...own({}),
  open: () => Promise.resolve(untyped<Generator>(value)),
});
const yields = (...events: readonly unknown[]) => own({ generate: () => each(events) });

/** By generator: what is told as it is opened. */
const SOURCES: Readonly<Record<string, readonly [GeneratorSource, RegExp]>> = {
  nothing: [gives(undefined), /the source gives no generator with "facts"/],
  no_facts: [gives({}), /the source gives no generator with "facts"/],
  no_generate: [gives({ facts: { device: "x" }, close: () => {} }), /a generator without a "generate" function/],
  no_close: [gives({ facts: { device: "x" }, generate: () => each([]) }), /a generator without a "close" function/],
  score: [
    own({ score: untyped<NonNullable<Generator["score"]>>(5) }),
    /whose "score" is 5, expected a function/,
  ],
};
/** By generator: what its events come to, and how the run is told to have failed. */
const RUNS: Readonly<Record<string, readonly [GeneratorSource, readonly string[], RegExp]>> = {
  forgets: [yields(step(0)), ["step", "error"], /it ended without a "finish" of sequence 0/],
  forgets_one: [yields(step(0), step(1), finish(0)), ["step", "step", "finish", "error"], /"finish" of sequence 1/],
  empty: [yields(), [], /it ended without a "finish" of sequence 0/],
  no_usage: [yields({ ...finish(0), usage: undefined }), [], /a finish whose usage\.completionTokens is no number/],
  text_usage: [
    yields({ ...finish(0), usage: { promptTokens: "1", completionTokens: 1 } }),
    [],
    /a finish whose usage\.promptTokens is no number or nothing/,
  ],
  no_token: [yields({ ...step(0), token: undefined }), [], /a step whose token\.id is no number/],
  no_event: [yields("a"), [], /it yields what is no event/],
  returns: [own({ generate: untyped<Generator["generate"]>(() => 5) }), [], /expected an async generator/],
  is_async: [
    own({ generate: untyped<Generator["generate"]>(() => Promise.reject(new Error())) }),
    [],
    /async generator/,
  ],
};

const sources = [...Object.entries(SOURCES), ...Object.entries(RUNS)].map(([name, [source]]) => [name, source]);
const module = defineModule({
  name: "own",
  generators: {
    good: own({}),
    plain: own({
      generate: untyped<Generator["generate"]>(function* () {
        yield step(0);
        yield finish(0);
      }),
    }),
    template: own({ renderChat: untyped<NonNullable<Generator["renderChat"]>>(() => Promise.resolve(undefined)) }),
    ...Object.fromEntries(sources),
  },
  tasks: { t: { dataset: { all: rows(["a"]) }, prompt: (sample) => sample } },
  components: [
    generation(),
    chat(),
    component("Page", async ({ generator }) => [text((await generator("forgets").generate("a")).join())]),
  ],
});

Deno.test("a source that gives no generator is told with what is missing, and again in /api/ready", async () => {
  const rig = await rigApp({ modules: [module] });
  for (const [name, [, reason]] of Object.entries(SOURCES)) {
    const problem = await readProblem(await rig.post("/api/own/generation/generate", { generator: name }));
    assert.equal(problem.status, 503);
    assert.match(problem.detail, reason);
    assert.ok(rig.logged.some((line) => line.includes('"failure"') && line.includes(problem.id)), "it is logged");
    assert.match(rig.registry.ready().reasons.join("\n"), reason);
  }
});

Deno.test("a run that ends without a finish is not told as whole, nor are events that are none", async () => {
  const rig = await rigApp({ modules: [module] });
  const run = async (generator: string) => await rig.post("/api/own/generation/generate", { generator });
  for (const name of ["good", "plain"]) {
    const events = await readEvents(await run(name));
    assert.deepEqual(events.map(({ type }) => type), ["step", "finish", "done"], name);
  }
  for (const [name, [, types, reason]] of Object.entries(RUNS)) {
    const answer = await run(name);
    if (types.length === 0) {
      const { status, detail } = await readProblem(answer);
      assert.equal(status, name === "empty" ? 502 : 500, name);
      assert.match(detail, reason);
      continue;
    }
    const events = await readEvents(answer), last = events.at(-1);
    assert.deepEqual(events.map(({ type }) => type), types, name);
    assert.ok(last?.type === "error");
    assert.match(last.problem.detail, reason);
  }
});

/** By generator: the call, and how what it gives is told. */
const ANSWERS: Readonly<Record<string, readonly [Partial<Generator>, string, RegExp]>> = {
  no_scores: [
    { score: untyped<NonNullable<Generator["score"]>>(() => Promise.resolve({})) },
    "generation/score",
    /its score gives no list, got \{\}/,
  ],
  no_logprob: [
    { score: untyped<NonNullable<Generator["score"]>>(() => Promise.resolve([step(0)])) },
    "generation/score",
    /its score gives a token 0 whose logprob is no number/,
  ],
  no_step: [
    { next: untyped<NonNullable<Generator["next"]>>(() => Promise.resolve({ path: [], offset: 0 })) },
    "next-token/next_token",
    /its next gives a distribution whose step\.sequence is no number/,
  ],
};

Deno.test("what a generator gives in place of scores or of a distribution is named", async () => {
  const generators = Object.fromEntries(Object.entries(ANSWERS).map(([name, [parts]]) => [name, own(parts)]));
  const tasks = { t: { dataset: { all: rows(["a"]) }, prompt: (sample: string) => sample, target: () => "a" } };
  const module = defineModule({ name: "own", generators, tasks, components: [generation(), nextToken()] });
  const rig = await rigApp({ modules: [module] });
  for (const [generator, [, call, reason]] of Object.entries(ANSWERS)) {
    const { status, detail } = await readProblem(await rig.post(`/api/own/${call}`, { generator }));
    assert.equal(status, 500, generator);
    assert.match(detail, reason);
  }
});

Deno.test("a page of elements is told too, where a completion that its generator left open would be missing", async () => {
  const rig = await rigApp({ modules: [module] });
  const { detail } = await readProblem(await rig.fetch("/api/own/page/elements"));
  assert.match(detail, /it ended without a "finish" of sequence 0/);
});

Deno.test("a chat template that gives no text is told, and nothing is completed", async () => {
  const rig = await rigApp({ modules: [module], servesApi: true });
  const messages = [{ role: "user", content: "a" }], body = { messages, generator: "template" };
  for (const call of ["chat", "chat_prompt"]) {
    const { status, detail } = await readProblem(await rig.post(`/api/own/chat/${call}`, body));
    assert.equal(status, 500);
    assert.match(detail, /The generator "template" failed: expected a text, got undefined/);
  }
  const answer = await rig.post("/v1/chat/completions", { model: "own/template", messages });
  assert.equal(answer.status, 500);
  assert.match((await answer.json()).error.message, /failed: expected a text, got undefined/);
});
