import assert from "node:assert/strict";
import type { RunEvent } from "../../lib/lm/event.ts";
import { RIG_WINDOW, rigLog, SAMPLES } from "../rig/rig_module.ts";
import { readEvents, readProblem } from "../rig/read_events.ts";
import { rigApp, rigPath } from "../rig/rig_app.ts";

const GENERATE = rigPath("generate");

function ofType<Type extends RunEvent["type"]>(events: readonly RunEvent[], type: Type) {
  return events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
}

Deno.test("POST generate sends prompt, steps, finishes with their metrics, and one done at the end", async () => {
  const { post } = await rigApp();
  const events = await readEvents(await post(GENERATE, { params: { n: 3, seed: 7 }, top: 4 }));
  assert.equal(events[0]?.type, "prompt");
  assert.equal(events.at(-1)?.type, "done");
  assert.equal(events.filter(({ type }) => type === "done" || type === "error").length, 1);
  assert.deepEqual(ofType(events, "finish").map(({ sequence }) => sequence).sort(), [0, 1, 2]);
  for (const { sequence } of ofType(events, "finish")) {
    const at = events.findIndex((event) => event.type === "finish" && event.sequence === sequence);
    const after = events.slice(at + 1).filter((event) => event.type === "metric" && event.sequence === sequence);
    assert.deepEqual(after.map((event) => event.type === "metric" && event.name), ["F1", "EM", "ppl", "broken"]);
  }
  for (const { top, restCount } of ofType(events, "step")) assert.equal(top.length + (restCount ?? NaN), 30);
});

Deno.test("POST generate sends tokens whose bytes are the completion, characters cut in two included", async () => {
  const { post } = await rigApp();
  const events = await readEvents(await post(GENERATE, { params: { n: 8, seed: 3, temperature: 1.5 } }));
  const texts = ofType(events, "finish");
  assert.ok(texts.some(({ text }) => text.includes("é")), "the seed must yield an é for this test to say something");
  for (const { sequence, text } of texts) {
    const steps = ofType(events, "step").filter((step) => step.sequence === sequence && step.token.special !== true);
    const bytes = Uint8Array.from(steps.flatMap(({ token }) => [...token.bytes]));
    assert.equal(new TextDecoder().decode(bytes), text);
  }
});

Deno.test("POST generate gives the same ids to the same request, and others to another seed", async () => {
  const { post } = await rigApp();
  const ids = async (body: unknown) => {
    const events = await readEvents(await post(GENERATE, body));
    return ofType(events, "step").map(({ sequence, token }) => [sequence, token.id]);
  };
  const first = await ids({ params: { n: 2 }, seed: 1 });
  assert.deepEqual(await ids({ params: { n: 2 }, seed: 1 }), first);
  assert.deepEqual(await ids({ params: { n: 2, seed: 1 } }), first);
  assert.notDeepEqual(await ids({ params: { n: 2 }, seed: 2 }), first);
});

Deno.test("POST generate takes the sample that the body names, and its task's params where the body has none", async () => {
  const { post } = await rigApp();
  const events = await readEvents(await post(GENERATE, { task: "copy", split: "test", sample: 1 }));
  const text = ofType(events, "prompt")[0]?.tokens.map((token) => token.text).join("");
  assert.equal(text, `${SAMPLES[1]?.text} `);
  assert.ok(ofType(events, "step").length <= 12);
});

Deno.test("POST generate takes a prompt of one's own as it is, without a target", async () => {
  const { post } = await rigApp();
  const events = await readEvents(await post(GENERATE, { prompt: "a  b" }));
  assert.equal(ofType(events, "prompt")[0]?.tokens.map((token) => token.text).join(""), "a  b");
  const byName = new Map(ofType(events, "metric").map((metric) => [metric.name, metric.value]));
  assert.equal(byName.get("F1"), undefined);
  assert.equal(typeof byName.get("ppl"), "number");
});

Deno.test("POST generate computes perplexity from the raw logprobs of the steps", async () => {
  const { post } = await rigApp();
  const events = await readEvents(await post(GENERATE, { params: { temperature: 0.5 } }));
  const logprobs = ofType(events, "step").map(({ logprob }) => logprob ?? NaN);
  const expected = Math.exp(-logprobs.reduce((sum, each) => sum + each, 0) / logprobs.length);
  const ppl = ofType(events, "metric").find(({ name }) => name === "ppl")?.value ?? NaN;
  assert.ok(Math.abs(ppl - expected) < 1e-9, `${ppl} against ${expected}`);
});

Deno.test("POST generate gives a metric that throws a warning and no value, and keeps the others", async () => {
  const { post } = await rigApp();
  const events = await readEvents(await post(GENERATE, {}));
  const warning = ofType(events, "warning").find(({ param }) => param === "broken");
  assert.match(warning?.message ?? "", /no such number/);
  assert.deepEqual(ofType(events, "metric").find(({ name }) => name === "broken"), {
    type: "metric",
    sequence: 0,
    name: "broken",
  });
  assert.equal(typeof ofType(events, "metric").find(({ name }) => name === "EM")?.value, "number");
});

Deno.test("POST generate refuses a prompt that is too long before the stream starts, with both lengths", async () => {
  const { post } = await rigApp();
  for (const body of [{ split: "long" }, { prompt: "a".repeat(RIG_WINDOW + 1) }]) {
    const problem = await readProblem(await post(GENERATE, body));
    assert.equal(problem.status, 422);
    assert.equal(problem.field, "prompt");
    assert.match(problem.detail, new RegExp(`${RIG_WINDOW + 1} tokens.*${RIG_WINDOW} tokens`));
  }
});

Deno.test("POST generate refuses a prompt that the generator cannot take: empty, or not in its vocabulary", async () => {
  const { post } = await rigApp();
  for (const prompt of ["", "ABC", "\u0000"]) {
    const problem = await readProblem(await post(GENERATE, { prompt }));
    assert.deepEqual([problem.status, problem.field], [422, "prompt"], JSON.stringify(prompt));
  }
});

Deno.test("POST generate ends with one error event when the generator throws on the way, and logs the stack", async () => {
  const { logged, post } = await rigApp();
  const events = await readEvents(await post(GENERATE, { generator: "failing" }));
  assert.equal(ofType(events, "step").length, 3);
  const last = events.at(-1);
  assert.ok(last?.type === "error");
  assert.match(last.problem.detail, /generator "failing" failed: the fourth step is broken/);
  assert.equal(ofType(events, "done").length, 0);
  assert.ok(logged.some((line) => line.includes(last.problem.id) && line.includes("rig_module.ts")));
  const next = await readEvents(await post(GENERATE, {}));
  assert.equal(next.at(-1)?.type, "done");
});

Deno.test("POST generate stops the generator within two steps when the client leaves", async () => {
  const { logged, post } = await rigApp();
  const body = { generator: "counted", params: { n: 16, max_tokens: 40 } };
  const response = await post(GENERATE, body);
  const reader = response.body?.getReader();
  assert.ok(reader !== undefined);
  for (let count = 0; count < 5; count++) await reader.read();
  const { returned, steps } = rigLog;
  await reader.cancel();
  assert.ok(rigLog.steps - steps <= 2, `${rigLog.steps - steps} steps after the client left`);
  assert.equal(rigLog.returned, returned + 1);
  assert.match(logged.at(-1) ?? "", /"cancelled":true/);
});

Deno.test("POST generate makes no step that nobody reads", async () => {
  const { post } = await rigApp();
  const { steps } = rigLog;
  const response = await post(GENERATE, { generator: "counted", params: { n: 16 } });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(rigLog.steps - steps <= 2, `${rigLog.steps - steps} steps before the first read`);
  await response.body?.cancel();
});

Deno.test("a run that waits neither blocks others nor outlives the app", async () => {
  const { fetch, post, stop } = await rigApp();
  const response = await post(GENERATE, { generator: "waiting" });
  assert.equal((await fetch("/api/health")).status, 200);
  stop();
  const events = await readEvents(response);
  assert.deepEqual(events.map(({ type }) => type), ["prompt", "done"]);
});

Deno.test("a generator that cannot be opened is named, and the others work", async () => {
  const { post } = await rigApp();
  const problem = await readProblem(await post(GENERATE, { generator: "missing" }));
  assert.equal(problem.status, 503);
  assert.match(problem.detail, /models\/nowhere/);
  assert.equal((await readEvents(await post(GENERATE, {}))).at(-1)?.type, "done");
});

Deno.test("a task whose prompt throws is told with the developer's message, without a stack", async () => {
  const { logged, post } = await rigApp();
  const problem = await readProblem(await post(GENERATE, { task: "throwing" }));
  assert.equal(problem.status, 500);
  assert.match(problem.detail, /sample 0 of task "throwing": the developer's prompt is broken/);
  assert.ok(logged.some((line) => line.includes(problem.id) && line.includes('"failure"')));
});

Deno.test("no prompt, completion or row gets into the log", async () => {
  const { logged, post } = await rigApp();
  const events = await readEvents(await post(GENERATE, { prompt: "canary bird" }));
  const text = ofType(events, "finish")[0]?.text ?? "";
  await post(GENERATE, { prompt: "CANARY" });
  assert.ok(logged.length > 0);
  for (const line of logged) {
    assert.doesNotMatch(line, /canary/i);
    if (text.length > 3) assert.ok(!line.includes(text));
  }
});
