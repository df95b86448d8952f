/** C8: A long prompt is read in chunks, and a cancel is answered after one of them at most. */
import assert from "node:assert/strict";
import { Engine } from "../../../lib/generators/onnx/engine.ts";
import { CHUNK } from "../../../lib/generators/onnx/onnx_model.ts";
import { readSettings } from "../../../lib/generators/onnx/settings.ts";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import { measured } from "../../rig/measured.ts";
import { timed } from "../../rig/quiet.ts";
import { until } from "../../rig/until.ts";

const ROOT = new URL("../../../", import.meta.url);
const TOKENS = 4000, CANCELS = 10, MOST_TURNS = 100;
const LONGEST_MS = 500;

/** One run that is cancelled while its prompt is read; undefined when the cancel came after that. */
async function cancelled(engine: Engine, turn: number) {
  const passes = async () => (await engine.ask({ type: "stats" })).passes;
  // Each begins otherwise, so that nothing of it is known.
  const prompt = `${turn} `.padEnd(TOKENS - 1, `${turn % 7}`), params = { ...DEFAULT_PARAMS, maxTokens: 4 };
  const before = await passes();
  const run = await engine.ask({ type: "generate", request: { prompt, params, top: 1 } });
  const [first] = await engine.ask({ type: "pull", run });
  assert.ok(first?.type === "prompt" && Math.abs(first.tokens.length - TOKENS) < CHUNK);
  const next = engine.ask({ type: "pull", run });
  // Each waits for some chunks more than the one before.
  await until("some chunks are read", async () => await passes() > before + turn % CANCELS);
  const from = performance.now();
  const { passes: atCancel } = await engine.ask({ type: "cancel", id: run });
  const events = await next, elapsedMs = performance.now() - from, after = await passes() - atCancel;
  while ((await engine.ask({ type: "pull", run })).length > 0);
  if (events.some(({ type }) => type === "step")) return undefined;
  assert.deepEqual(events.map((event) => event.type === "finish" && event.reason), ["cancelled"]);
  return { elapsedMs, after };
}

/** Cancels of both drivers, each of a prompt of its own. */
async function cancelEach() {
  const answers: { readonly elapsedMs: number; readonly after: number }[] = [];
  for (const driver of ["native", "binding"] as const) {
    const engine = new Engine();
    try {
      const settings = { ...readSettings(() => undefined), driver };
      const path = new URL("tests/fixtures/tiny_llama_gqa", ROOT).pathname;
      const cacheDir = new URL(".cache", ROOT).pathname;
      await engine.ask({ type: "load", request: { path, precision: "fp32", device: "cpu", settings, cacheDir } });
      let count = 0;
      for (let turn = 0; count < CANCELS && turn < MOST_TURNS; turn++) {
        const answer = await cancelled(engine, turn);
        if (answer === undefined) continue;
        answers.push(answer);
        count++;
      }
      assert.equal(count, CANCELS, driver);
    } finally {
      await engine.close();
    }
  }
  return {
    count: answers.length,
    chunks: Math.max(...answers.map(({ after }) => after)),
    slowestMs: Math.ceil(Math.max(...answers.map(({ elapsedMs }) => elapsedMs))),
  };
}

Deno.test("C8: cancels of a prompt of 4,000 tokens, each after another chunk, by two drivers", async () => {
  const { value: { count, chunks, slowestMs }, note } = await timed([], cancelEach, ({ slowestMs }) => {
    assert.ok(slowestMs <= LONGEST_MS, `${slowestMs} ms`);
  });
  assert.ok(chunks <= 1, `${chunks} chunks after a cancel`);
  measured(
    "C8",
    `${count} cancels, at most ${chunks} chunks after one, the slowest answered in ${slowestMs} ms${note}`,
  );
});
