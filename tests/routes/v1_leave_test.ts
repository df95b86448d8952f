/** Who leaves a call of /v1 before its answer has begun. */
import assert from "node:assert/strict";
import type { Generator, GeneratorSource } from "../../lib/generators/generator.ts";
import { fromModel } from "../../lib/generators/from_model.ts";
import { defineModule, generation, rows } from "../../lib/mod.ts";
import { rigApp } from "../rig/rig_app.ts";
import { rigModel } from "../rig/rig_module.ts";
import { until } from "../rig/until.ts";

/** A module whose one generator opens when a test says so, and the steps that it has made. */
function gated() {
  const opening = Promise.withResolvers<void>();
  const base = fromModel(rigModel, { device: "cpu", precision: "exact" });
  const state = { asked: false, steps: 0, open: opening.resolve };
  const generate: Generator["generate"] = async function* (request) {
    for await (const event of base.generate(request)) {
      if (event.type === "step") state.steps++;
      yield event;
    }
  };
  const source: GeneratorSource = {
    kind: "table",
    label: "gated",
    async open() {
      state.asked = true;
      await opening.promise;
      return { ...base, generate, renderChat: () => Promise.resolve("abc") };
    },
  };
  const module = defineModule({
    name: "late",
    generators: { gated: source },
    tasks: { say: { dataset: { all: rows([{ text: "a" }]) }, prompt: ({ text }) => text } },
    components: [generation()],
  });
  return { module, state };
}

const CALLS = [
  ["/v1/completions", { prompt: "abc" }],
  ["/v1/chat/completions", { messages: [{ role: "user", content: "abc" }] }],
] as const;

for (const [path, body] of CALLS) {
  for (const stream of [false, true]) {
    Deno.test(`${path} computes nothing for who left while the model was opened, ${stream ? "" : "not "}streamed`, async () => {
      const { module, state } = gated();
      const { post } = await rigApp({ modules: [module], servesApi: true });
      const leaving = new AbortController();
      const answer = post(path, { model: "late/gated", ...body, stream, max_tokens: 9 }, { signal: leaving.signal });
      await until("the model is being opened", () => state.asked);
      leaving.abort();
      state.open();
      await (await answer).text();
      assert.equal(state.steps, 0);
    });
  }
}
