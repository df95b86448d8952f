/** A model's thread that dies by a fault of its own, as a person meets it. */
import assert from "node:assert/strict";
import { onnx } from "../../../lib/generators/onnx/onnx.ts";
import { defineModule, generation, rows } from "../../../lib/mod.ts";
import type { RunEvent } from "../../../lib/lm/event.ts";
import { readEvents } from "../../rig/read_events.ts";
import { rigApp } from "../../rig/rig_app.ts";
import { until } from "../../rig/until.ts";
import { fixturePath } from "./tiny_models.ts";

/** All threads that were begun here. */
const begun: Worker[] = [];

globalThis.Worker = class extends Worker {
  constructor(...given: ConstructorParameters<typeof Worker>) {
    super(...given);
    begun.push(this);
  }
};

Deno.test("a thread that dies in the midst of runs ends each of them with an error that says so, and the next runs have one new thread", async () => {
  const module = defineModule({
    name: "m",
    generators: { tiny: onnx(`file://${fixturePath("tiny_gpt2")}`) },
    tasks: { all: { dataset: { all: rows([{ text: "The" }]) }, prompt: ({ text }: { text: string }) => text } },
    components: [generation()],
  });
  const app = await rigApp({ modules: [module] });
  const generate = (tokens: number) =>
    app.post("/api/m/generation/generate", { prompt: "The", params: { max_tokens: tokens } });
  try {
    await app.registry.generator("m", "tiny", "test");
    assert.equal(begun.length, 1);
    // They have begun by then, and nobody reads on.
    const answers = await Promise.all([generate(250), generate(250)]);
    // No list of requests, on which it throws.
    begun.at(-1)?.postMessage(1);
    const ends: (RunEvent | undefined)[] = [];
    for (const answer of answers) void readEvents(answer).then((events) => ends.push(events.at(-1)));
    await until("both runs have ended", () => ends.length === answers.length);
    for (const last of ends) {
      assert.ok(last?.type === "error", `it ended with ${last?.type}`);
      assert.equal(last.problem.title, "Generator failed");
      assert.match(last.problem.detail, /^The generator "tiny" failed: The model's thread failed: .*not iterable/);
    }
    for (const answer of await Promise.all([generate(4), generate(4)])) {
      const events = await readEvents(answer);
      assert.equal(events.at(-1)?.type, "done");
      assert.equal(events.filter(({ type }) => type === "step").length, 4);
    }
    assert.equal(begun.length, 2);
  } finally {
    await app.registry.close();
  }
});
