import assert from "node:assert/strict";
import { Engine } from "../../../lib/generators/onnx/engine.ts";
import { ModelThread } from "../../../lib/generators/onnx/model_thread.ts";
import { readSettings } from "../../../lib/generators/onnx/settings.ts";
import { CONTEXT, fixturePath } from "./tiny_models.ts";

Deno.test("a thread that has died is begun anew once, what it was asked ends with an error, and a closed one stays closed", async () => {
  const begun: Engine[] = [];
  const thread = new ModelThread({
    path: fixturePath("tiny_gpt2"),
    precision: "fp32",
    device: "cpu",
    settings: readSettings(() => undefined),
    cacheDir: CONTEXT.cacheDir,
  }, () => {
    const engine = new Engine();
    begun.push(engine);
    return engine;
  });
  const facts = await thread.open();
  const first = await thread.engine();
  const asked = first.ask({ type: "tokenize", text: "The gulls" });
  // What a dead thread leaves: every question fails, and so does each later one.
  first.close();
  await assert.rejects(asked, /closed/);
  const [one, other] = await Promise.all([thread.engine(), thread.engine()]);
  assert.equal(one, other);
  assert.equal(begun.length, 2);
  assert.ok((await one.ask({ type: "tokenize", text: "The gulls" })).length > 0);
  assert.equal(facts.driver, "native");
  thread.close();
  await assert.rejects(async () => await (await thread.engine()).ask({ type: "stats" }), /closed/);
  assert.equal(begun.length, 2);
});
