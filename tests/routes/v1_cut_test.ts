/** /v1 of a completion that was cut off, and of one whose first token is late: never taken for a whole one, kept open. */
import assert from "node:assert/strict";
import type { Generator, GeneratorSource } from "../../lib/generators/generator.ts";
import { fromModel } from "../../lib/generators/from_model.ts";
import type { FinishReason } from "../../lib/lm/event.ts";
import { defineModule, generation, rows } from "../../lib/mod.ts";
import { newGate } from "../rig/elements_rig.ts";
import { FakeClock, settled } from "../rig/fake_clock.ts";
import { rigApp } from "../rig/rig_app.ts";
import { rigModel } from "../rig/rig_module.ts";
import { until } from "../rig/until.ts";

const base = fromModel(rigModel, { device: "cpu", precision: "exact" });

function source(generate: Generator["generate"]): GeneratorSource {
  const renderChat = () => Promise.resolve("abc");
  return { kind: "table", label: "cut", open: () => Promise.resolve({ ...base, generate, renderChat }) };
}

function moduleOf(generators: Readonly<Record<string, GeneratorSource>>) {
  return defineModule({
    name: "cut",
    generators,
    tasks: { say: { dataset: { all: rows([{ text: "a" }]) }, prompt: ({ text }) => text } },
    components: [generation()],
  });
}

/** Ends as it is told to after two tokens, or without a word. */
function endingWith(reason: FinishReason | undefined): GeneratorSource {
  return source(async function* (request) {
    for await (const event of base.generate({ ...request, params: { ...request.params, maxTokens: 2 } })) {
      if (event.type !== "finish") yield event;
      else if (reason !== undefined) yield { ...event, reason };
    }
  });
}

const ENDINGS: readonly (readonly [name: string, reason: FinishReason | undefined, status: number, what: RegExp])[] = [
  ["cancelled", "cancelled", 503, /was cancelled/],
  ["incomplete", "incomplete", 502, /was cut off/],
  ["error", "error", 500, /failed/],
  ["silent", undefined, 502, /was cut off/],
];

const CALLS = [
  ["/v1/completions", { prompt: "abc" }, "text"],
  ["/v1/chat/completions", { messages: [{ role: "user", content: "abc" }] }, "content"],
] as const;

/** The data of a stream, and the text of its chunks. */
async function streamed(answer: Response) {
  const data = (await answer.text()).split("\n").filter((line) => line.startsWith("data: ")).map((line) =>
    line.slice("data: ".length)
  );
  const chunks = data.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  const choices = chunks.flatMap(({ choices = [] }) => choices);
  return {
    data,
    last: chunks.at(-1),
    reasons: choices.map(({ finish_reason }) => finish_reason),
    text: choices.map(({ text, delta }) => text ?? delta?.content ?? "").join(""),
  };
}

for (const [path, body] of CALLS) {
  Deno.test(`${path} tells a completion that was cut off as an error, and keeps what came of it`, async () => {
    const module = moduleOf(Object.fromEntries(ENDINGS.map(([name, reason]) => [name, endingWith(reason)])));
    const { post, logged } = await rigApp({ modules: [module], servesApi: true });
    for (const [name, , status, what] of ENDINGS) {
      const request = { model: `cut/${name}`, ...body, temperature: 0, max_tokens: 9 };
      const whole = await post(path, request);
      const { error } = await whole.json();
      assert.deepEqual([whole.status, error.type, error.code], [status, "server_error", null], name);
      assert.match(error.message, what);
      const stream = await post(path, { ...request, stream: true });
      assert.equal(stream.status, 200);
      const { data, last, reasons, text } = await streamed(stream);
      assert.equal(text, "de", name);
      assert.ok(reasons.every((reason) => reason === null), name);
      assert.match(last.error.message, what);
      assert.ok(!data.includes("[DONE]"), name);
    }
    assert.ok(
      logged.every((line) => !/"error":"(?!ProblemError)/.test(line)),
      "each was told, none is a fault of the app",
    );
  });

  Deno.test(`${path} begins a stream whose first token is late after 15 s, and fills each 15 s of silence`, async () => {
    const clock = new FakeClock(), gate = newGate();
    const late = source(async function* (request) {
      await gate.pass();
      yield* base.generate(request);
    });
    const { post } = await rigApp({ modules: [moduleOf({ late })], servesApi: true, traffic: { clock, slots: 1 } });
    const request = { model: "cut/late", ...body, temperature: 0, max_tokens: 2, stream: true };
    const first = post(path, request), queued = post(path, request);
    const isAnswered = [first, queued].map((answer) => {
      const state = { now: false };
      void answer.then(() => state.now = true);
      return state;
    });
    await until("one works", () => gate.isWaiting);
    await settled();
    await clock.pass(14_999);
    assert.deepEqual(isAnswered.map(({ now }) => now), [false, false]);
    await clock.pass(1);
    const reader = (await queued).body?.getReader() ?? assert.fail();
    const read = async () => new TextDecoder().decode((await reader.read()).value);
    assert.equal(await read(), ": heartbeat\n\n");
    const next = read();
    await settled();
    await clock.pass(15_000);
    assert.equal(await next, ": heartbeat\n\n");
    gate.open();
    assert.equal((await streamed(await first)).text, "de");
    const rest = (async () => {
      let text = "";
      for (let part = await read(); part !== ""; part = await read()) text += part;
      return text;
    })();
    await until("the other works", () => gate.isWaiting);
    gate.open();
    assert.match(await rest, /"finish_reason":"length".*\s*data: \[DONE\]\n\n$/);
  });
}

Deno.test("/v1 tells what fails after a late beginning as the stream's last object", async () => {
  const clock = new FakeClock(), gate = newGate();
  // deno-lint-ignore require-yield
  const failing = source(async function* () {
    await gate.pass();
    throw new RangeError("Cannot take this prompt");
  });
  const { post } = await rigApp({ modules: [moduleOf({ failing })], servesApi: true, traffic: { clock } });
  const request = { model: "cut/failing", prompt: "abc", stream: true };
  const early = post("/v1/completions", request);
  await until("it works", () => gate.isWaiting);
  gate.open();
  assert.equal((await early).status, 400);
  const late = post("/v1/completions", request);
  await until("it works", () => gate.isWaiting);
  await settled();
  await clock.pass(15_000);
  assert.equal((await late).status, 200);
  gate.open();
  const { data, last } = await streamed(await late);
  assert.equal(data.length, 1);
  assert.match(last.error.message, /Cannot take this prompt/);
});

Deno.test("/v1 refuses `order`, and a chat of no tokens", async () => {
  const { post } = await rigApp({ modules: [moduleOf({ cut: endingWith("stop") })], servesApi: true });
  const common = { model: "cut/cut" }, chat = { ...common, messages: [{ role: "user", content: "a" }] };
  const mistakes: readonly [path: string, body: object, param: string, message: RegExp][] = [
    ["/v1/completions", { ...common, prompt: "a", order: ["top_k"] }, "order", /no such field/],
    ["/v1/chat/completions", { ...chat, order: ["top_k"] }, "order", /no such field/],
    ["/v1/chat/completions", { ...chat, max_tokens: 0 }, "max_tokens", /from 1 to 4096/],
    ["/v1/chat/completions", { ...chat, max_completion_tokens: 0 }, "max_completion_tokens", /from 1 to 4096/],
  ];
  for (const [path, body, param, message] of mistakes) {
    const answer = await post(path, body);
    const { error } = await answer.json();
    assert.deepEqual([answer.status, error.param], [400, param]);
    assert.match(error.message, message);
  }
  assert.equal((await post("/v1/chat/completions", { ...chat, user: "somebody" })).status, 200);
});
