/** transformers.js in Deno: its own `generate`, on one thread. */
import { BaseStreamer, env, GPT2LMHeadModel, Tensor } from "@huggingface/transformers";
import { answerAll } from "./answer.ts";

/** Is given the prompt, and then every token as it comes. */
class Times extends BaseStreamer {
  readonly #started = performance.now();
  readonly times: number[] = [];

  override put(): void {
    this.times.push(performance.now() - this.#started);
  }

  override end(): void {}
}

/** What of its types is used here; those of the package say less than it does. */
interface Model {
  generate(options: Readonly<Record<string, unknown>>): Promise<unknown>;
  (inputs: Readonly<Record<string, unknown>>): Promise<{ readonly logits: Tensor }>;
}

let model: Model | undefined;

await answerAll(async (request) => {
  if (request.type === "load") {
    const started = performance.now();
    await load(request.path, request.precision);
    return [performance.now() - started];
  }
  if (model === undefined) throw new TypeError("the model is not loaded yet");
  switch (request.type) {
    case "generate":
      return await tokenTimes(model, request.prompt.ids, request.count);
    case "logprobs":
      return await logprobs(model, request.prompt.ids);
    default:
      throw new TypeError(`transformers.js is not measured at ${request.type}`);
  }
});

async function load(path: string, precision: "fp32" | "int8"): Promise<void> {
  const [, parent = "", name = ""] = /^(.*\/)([^/]+)$/.exec(path) ?? [];
  Object.assign(env, {
    allowLocalModels: true,
    allowRemoteModels: false,
    localModelPath: parent,
    useBrowserCache: false,
  });
  // Subtle: it calls this file q8; int8 is another name of the same.
  model = await GPT2LMHeadModel.from_pretrained(name, {
    dtype: precision === "fp32" ? "fp32" : "q8",
    session_options: { intraOpNumThreads: 1 },
  }) as unknown as Model; // It can be called, which the package's types do not say.
}

async function tokenTimes(model: Model, ids: readonly number[], count: number): Promise<readonly number[]> {
  const streamer = new Times();
  await model.generate({ ...inputsOf(ids), min_new_tokens: count, max_new_tokens: count, do_sample: false, streamer });
  return streamer.times.slice(1);
}

async function logprobs(model: Model, ids: readonly number[]): Promise<readonly number[]> {
  const { logits } = await model(inputsOf(ids));
  const last = Array.from(logits.data as Float32Array).slice(-(logits.dims[2] ?? 0)); // The graph gives float32.
  const most = last.reduce((a, b) => Math.max(a, b));
  const norm = most + Math.log(last.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
  return last.map((logit) => logit - norm);
}

function inputsOf(ids: readonly number[]): Readonly<Record<string, unknown>> {
  const tensor = (values: readonly number[]) =>
    new Tensor("int64", BigInt64Array.from(values, BigInt), [1, ids.length]);
  return { input_ids: tensor(ids), attention_mask: tensor(ids.map(() => 1)) };
}
