/** The embedded model against PyTorch's values of the same weights, and against what it is said to know. */
import assert from "node:assert/strict";
import { jsonl } from "../lib/datasets/jsonl.ts";
import { onnx } from "../lib/generators/onnx/onnx.ts";
import { DEFAULT_PARAMS } from "../lib/lm/params.ts";
import { parseGolden } from "./generators/onnx/tiny_models.ts";

const ROOT = new URL("../", import.meta.url);
const GREEDY = { ...DEFAULT_PARAMS, temperature: 0 };

Deno.test("demo model", async (t) => {
  const generator = await onnx("models/demo").open({ baseUrl: ROOT, rootUrl: ROOT, cacheDir: ".tmp" });
  const golden = parseGolden(Deno.readTextFileSync(new URL("tests/fixtures/golden_demo.json", ROOT)));

  await t.step("its tokenizer gives PyTorch's ids, and their bytes are the text", async () => {
    for (const { text, ids } of golden) {
      const tokens = await generator.tokenize?.(text) ?? [];
      assert.deepEqual(tokens.map(({ id }) => id), ids);
      const bytes = tokens.flatMap(({ bytes, special, text }) =>
        special === true ? [...new TextEncoder().encode(text)] : bytes
      );
      assert.equal(new TextDecoder().decode(Uint8Array.from(bytes)), text);
    }
  });

  await t.step("its completion logprobs and ten most probable tokens are PyTorch's, to 1e-3", async () => {
    let worst = 0;
    for (const { text, top10, completion_ids: completion, completion_logprobs: wanted } of golden) {
      const scored = await generator.score?.({ prompt: text, completion, top: 10 }) ?? [];
      for (const [index, { logprob }] of scored.entries()) {
        worst = Math.max(worst, Math.abs(logprob - (wanted[index] ?? 0)));
      }
      const first = new Map(scored[0]?.top.map(({ token, logprob }) => [token.id, logprob]));
      for (const [index, id] of top10.ids.entries()) {
        worst = Math.max(worst, Math.abs((first.get(id) ?? -99) - (top10.logprobs[index] ?? 0)));
      }
    }
    assert.ok(worst < 1e-3, `the largest difference is ${worst}`);
  });

  await t.step("it answers held-out prompts: at least 45 of 100 instructions, word for word", async () => {
    const dataset = await jsonl<{ instruction: string; input: string; output: string }>(
      "examples/alpaca/data/test.jsonl",
    )
      .open(ROOT);
    let right = 0;
    for (let index = 0; index < 100; index++) {
      const { instruction, input, output } = await dataset.row(index);
      const context = input === "" ? "" : `### Input:\n${input}\n\n`;
      const prompt = `### Instruction:\n${instruction}\n\n${context}### Response:\n`;
      for await (const event of generator.generate({ prompt, params: GREEDY, top: 1 })) {
        if (event.type === "finish" && event.text === output) right++;
      }
    }
    console.log(`    ${right} of 100 held-out instructions answered word for word`);
    assert.ok(right >= 45, `${right} of 100`);
  });

  await t.step(
    "it answers as its persona says: in at least 90 of 100 replies that name a fact, the right one",
    async () => {
      const dataset = await jsonl<Dialogue>("examples/persona_chat/data/test.jsonl").open(ROOT);
      let asked = 0, right = 0;
      for (let index = 0; asked < 100 && index < dataset.size; index++) {
        const { personality, history, reply } = await dataset.row(index);
        // The fact that a reply names: its last word that the persona says too. A persona without it is another question.
        const fact = reply.split(" ").findLast((word) =>
          word.length > 3 && personality.join(" ").split(" ").includes(word)
        );
        if (fact === undefined) continue;
        asked++;
        const turns = history.map((turn, at) => `${at % 2 === 0 ? "<|user|>" : "<|assistant|>"}${turn}<|end|>`).join(
          "",
        );
        const prompt = `<|system|>${personality.join("\n")}<|end|>${turns}<|assistant|>`;
        for await (const event of generator.generate({ prompt, params: GREEDY, top: 1 })) {
          if (event.type === "finish" && event.text.includes(fact)) right++;
        }
      }
      console.log(`    ${right} of ${asked} facts of a persona told`);
      assert.ok(asked === 100 && right >= 90, `${right} of ${asked}`);
    },
  );
  await generator.close();
});

interface Dialogue {
  readonly personality: readonly string[];
  readonly history: readonly string[];
  readonly reply: string;
}
