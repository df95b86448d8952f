import assert from "node:assert/strict";
import { Engine } from "../../../lib/generators/onnx/engine.ts";
import { ModelThread } from "../../../lib/generators/onnx/model_thread.ts";
import { readSettings } from "../../../lib/generators/onnx/settings.ts";
import { CONTEXT, ENDLESS, fixturePath } from "./tiny_models.ts";

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
  const { facts } = await thread.open();
  const first = await thread.engine();
  const asked = first.ask({ type: "tokenize", text: "The gulls" });
  // What a dead thread leaves: every question fails, and so does each later one.
  const closed = first.close();
  await assert.rejects(asked, /closed/);
  await closed;
  const [one, other] = await Promise.all([thread.engine(), thread.engine()]);
  assert.equal(one, other);
  assert.equal(begun.length, 2);
  assert.ok((await one.ask({ type: "tokenize", text: "The gulls" })).length > 0);
  assert.equal(facts.driver, "native");
  await thread.close();
  await assert.rejects(async () => await (await thread.engine()).ask({ type: "stats" }), /closed/);
  assert.equal(begun.length, 2);
});

for (const driver of ["native", "binding"] as const) {
  Deno.test(`${driver}: a thread that is closed while it loads, or while it runs, gives up and ends by itself`, async () => {
    for (const when of ["at once", "in the midst", "running"]) {
      const engine = new Engine();
      const settings = { ...readSettings(() => undefined), driver };
      const path = new URL("models/demo", CONTEXT.rootUrl).pathname;
      const request = { path, precision: "fp32", device: "cpu", settings, cacheDir: CONTEXT.cacheDir } as const;
      const { promise: begun, resolve } = Promise.withResolvers<void>();
      const loading = engine.ask({ type: "load", request }, { onProgress: () => resolve() });
      const asked = when !== "running" ? loading : loading.then(async () => {
        const run = await engine.ask({ type: "generate", request: { prompt: "One", params: ENDLESS, top: 1 } });
        resolve();
        for (;;) await engine.ask({ type: "pull", run });
      });
      const refused = assert.rejects(asked, /The model was closed/);
      if (when === "in the midst") await begun;
      if (when === "running") await loading;
      const closed = engine.close();
      await refused;
      assert.equal(engine.close(), closed, "closing twice is closing once");
      await closed;
    }
  });
}
