/** The embedded model against PyTorch's values of the same weights, and against what it is said to know. */
import assert from "node:assert/strict";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { jsonl } from "../lib/datasets/jsonl.ts";
import type { Generator } from "../lib/generators/generator.ts";
import { onnx } from "../lib/generators/onnx/onnx.ts";
import { DEFAULT_PARAMS } from "../lib/lm/params.ts";
import { readGolden } from "./generators/onnx/tiny_models.ts";

const ROOT = new URL("../", import.meta.url);
const GREEDY = { ...DEFAULT_PARAMS, temperature: 0, maxTokens: 80 };
const LAYERS = 4, HEADS = 4, HEAD_WIDTH = 64;

/** A held-out prompt and what counts as right. */
interface Case {
  readonly family: string;
  /** Kept although the model fails it. */
  readonly hard: boolean;
  readonly prompt: string;
  readonly accepted?: readonly string[];
  /** Words that a story must tell of. */
  readonly words?: readonly string[];
  /** Items of which a list names three different ones. */
  readonly items?: readonly string[];
}

Deno.test("demo model", async (t) => {
  const generator = await onnx("models/demo").open({ baseUrl: ROOT, rootUrl: ROOT, cacheDir: ".tmp" });
  const golden = readGolden("demo");

  await t.step("its tokenizer gives PyTorch's ids, and their bytes are the text", async () => {
    assert.equal(golden.length, 50);
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

  await t.step("300 held-out prompts: what its README says it knows", async () => {
    const cases: Case[] = JSON.parse(Deno.readTextFileSync(new URL("tests/fixtures/demo_accuracy.json", ROOT)));
    assert.equal(cases.length, 300);
    const scores = new Map<string, { right: number; count: number; hard: boolean }>();
    for (const each of cases) {
      const score = scores.get(each.family) ?? { right: 0, count: 0, hard: each.hard };
      scores.set(each.family, score);
      score.count++;
      if (isRight(each, await complete(generator, each.prompt))) score.right++;
    }
    const share = (name: string) => (scores.get(name)?.right ?? 0) / (scores.get(name)?.count ?? 1);
    const persona = ["trait present", "trait absent", "own statement of the user"];
    const tasks = [...scores].filter(([name]) => !persona.includes(name)).map(([, score]) => score);
    const micro = sum(tasks.map(({ right }) => right)) / sum(tasks.map(({ count }) => count));
    const easy = tasks.filter(({ hard }) => !hard);
    const macro = sum(easy.map(({ right, count }) => right / count)) / easy.length;
    const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
    console.log(`    instructions: micro ${percent(micro)}, macro without the hard families ${percent(macro)}`);
    console.log(`    persona: ${persona.map((name) => `${name} ${percent(share(name))}`).join(", ")}`);
    assert.ok(micro >= 0.8, "instructions, micro");
    assert.ok(macro >= 0.8, "instructions, macro");
    assert.ok(share("trait present") >= 0.97, "trait present");
    assert.ok(share("trait absent") >= 0.95, "trait absent");
    assert.ok(share("own statement of the user") >= 0.8, "own statement");
  });

  await t.step("model_explain.onnx shows the inside of the same weights", async () => {
    const { ids, top10 } = golden[0] ?? assert.fail();
    const outputs = await explain(ids);
    const logprobs = logSoftmax(lastRow(outputs[`lens_logits.${LAYERS - 1}`]));
    for (const [index, id] of top10.ids.entries()) {
      assert.ok(Math.abs((logprobs[id] ?? 0) - (top10.logprobs[index] ?? 0)) < 1e-3, `token ${id}`);
    }
    for (let layer = 0; layer < LAYERS; layer++) {
      const weights = outputs[`attentions.${layer}`];
      assert.deepEqual(weights?.dims, [1, HEADS, ids.length, ids.length]);
      assert.ok(Math.abs(sum(lastRow(weights)) - 1) < 1e-5);
    }
    assert.deepEqual(outputs[`hidden_states.${LAYERS}`]?.dims, [1, ids.length, HEADS * HEAD_WIDTH]);
  });
  await generator.close();
});

Deno.test("no prompt of a data set stands in two splits, and rows have their fields", async () => {
  const alpaca = (row: Alpaca) => `${row.instruction}\n${row.input}`;
  const persona = (row: Dialogue) => JSON.stringify([row.personality, row.history]);
  await assertDisjoint("examples/alpaca/data", alpaca, 2_000);
  await assertDisjoint("examples/persona_chat/data", persona, 2_000);
});

interface Alpaca {
  readonly instruction: string;
  readonly input: string;
  readonly output: string;
}
interface Dialogue {
  readonly personality: readonly string[];
  readonly history: readonly string[];
  readonly reply: string;
}

async function assertDisjoint<Row extends object>(folder: string, keyOf: (row: Row) => string, trainSize: number) {
  const splitOf = new Map<string, string>();
  for (const split of ["train", "validation", "test"]) {
    const dataset = await jsonl<Row>(`${folder}/${split}.jsonl`).open(ROOT);
    if (split === "train") assert.ok(dataset.size >= trainSize && dataset.size <= 5_000);
    for (let index = 0; index < dataset.size; index++) {
      const key = keyOf(await dataset.row(index));
      assert.ok(
        [undefined, split].includes(splitOf.get(key)),
        `${folder}: in ${split} and ${splitOf.get(key)}: ${key}`,
      );
      splitOf.set(key, split);
    }
  }
}

async function complete(generator: Generator, prompt: string): Promise<string> {
  for await (const event of generator.generate({ prompt, params: GREEDY, top: 1 })) {
    if (event.type === "finish") return event.text;
  }
  return "";
}

function isRight({ accepted, words, items }: Case, completion: string): boolean {
  const text = completion.trim();
  if (words !== undefined) return words.every((word) => text.includes(word)) && text.endsWith(".");
  if (items === undefined) return accepted?.includes(text) === true;
  const listed = text.split("\n").map((line) => line.slice(3));
  return listed.length === 3 && new Set(listed).size === 3 && listed.every((item) => items.includes(item));
}

/** The outputs of the explaining graph for a whole prompt. */
async function explain(ids: readonly number[]): Promise<Awaited<ReturnType<InferenceSession["run"]>>> {
  const session = await InferenceSession.create(new URL("models/demo/onnx/model_explain.onnx", ROOT).pathname);
  const int64 = (values: readonly number[], dims: readonly number[]) =>
    new Tensor("int64", BigInt64Array.from(values, BigInt), dims);
  const shape = [1, ids.length];
  const feeds: Record<string, Tensor> = {
    input_ids: int64(ids, shape),
    attention_mask: int64(ids.map(() => 1), shape),
    position_ids: int64(ids.map((_, index) => index), shape),
    num_logits_to_keep: int64([1], []),
  };
  for (let layer = 0; layer < LAYERS; layer++) {
    for (const kind of ["key", "value"]) {
      feeds[`past_key_values.${layer}.${kind}`] = new Tensor("float32", new Float32Array(), [1, HEADS, 0, HEAD_WIDTH]);
    }
  }
  const outputs = await session.run(feeds);
  await session.release();
  return outputs;
}

function lastRow(tensor: { readonly data: unknown; readonly dims: readonly number[] } | undefined): number[] {
  assert.ok(tensor?.data instanceof Float32Array);
  return [...tensor.data.slice(-(tensor.dims.at(-1) ?? 0))];
}

function logSoftmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const total = Math.log(sum(logits.map((logit) => Math.exp(logit - largest))));
  return logits.map((logit) => logit - largest - total);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
