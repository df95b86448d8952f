import assert from "node:assert/strict";
import * as v from "valibot";
import { onnx } from "../../../lib/generators/onnx/onnx.ts";
import {
  contextWindow,
  endIdsOf,
  findModel,
  parseConfig,
  windowNote,
} from "../../../lib/generators/onnx/model_folder.ts";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import { collect, CONTEXT, ENDLESS, fixturePath } from "./tiny_models.ts";

interface Broken {
  readonly what: string;
  readonly damage: (folder: string) => Promise<void>;
  /** The file at fault, and what was expected. */
  readonly message: RegExp;
  /** Only the runtime can tell, so it shows on opening. */
  readonly opens?: boolean;
}

const ONNX = "onnx/model.onnx";

async function edit(file: string, change: (value: Record<string, unknown>) => unknown): Promise<void> {
  await Deno.writeTextFile(file, JSON.stringify(change(JSON.parse(await Deno.readTextFile(file)))));
}

const modelSchema = v.looseObject({ vocab: v.record(v.string(), v.number()) });

const BROKEN: readonly Broken[] = [
  {
    what: "config.json is missing",
    damage: (folder) => Deno.remove(`${folder}/config.json`),
    message: /Cannot load \S+\/broken\/config\.json: no such file/,
  },
  {
    what: "config.json is not JSON",
    damage: (folder) => Deno.writeTextFile(`${folder}/config.json`, "{model_type: gpt2"),
    message: /Cannot read \S+\/broken\/config\.json: it is not valid JSON \(.+\)/,
  },
  {
    what: "config.json is a list",
    damage: (folder) => Deno.writeTextFile(`${folder}/config.json`, "[]"),
    message: /Cannot use \S+\/broken\/config\.json: .*model_type/,
  },
  {
    what: "config.json names no architecture",
    damage: (folder) => edit(`${folder}/config.json`, ({ model_type: _, ...rest }) => rest),
    message: /Cannot use \S+\/broken\/config\.json: field "model_type" .*name of an architecture/,
  },
  {
    what: "config.json has no number of tokens",
    damage: (folder) => edit(`${folder}/config.json`, (config) => ({ ...config, vocab_size: "300" })),
    message: /Cannot use \S+\/broken\/config\.json: field "vocab_size" must be a number/,
  },
  {
    what: "config.json tells no window",
    damage: (folder) => edit(`${folder}/config.json`, ({ n_positions: _, ...rest }) => rest),
    message: /config\.json: expected "n_positions" or "max_position_embeddings"/,
  },
  {
    what: "tokenizer.json is missing",
    damage: (folder) => Deno.remove(`${folder}/tokenizer.json`),
    message: /Cannot load \S+\/broken\/tokenizer\.json: no such file/,
  },
  {
    what: "tokenizer.json is not an object",
    damage: (folder) => Deno.writeTextFile(`${folder}/tokenizer.json`, "[1, 2]"),
    message: /Cannot use \S+\/broken\/tokenizer\.json: expected an object with a "model"/,
  },
  {
    what: "tokenizer_config.json is missing",
    damage: (folder) => Deno.remove(`${folder}/tokenizer_config.json`),
    message: /Cannot load \S+\/broken\/tokenizer_config\.json: no such file/,
  },
  {
    what: "the tokenizer's model is of an unknown kind",
    damage: (folder) => edit(`${folder}/tokenizer.json`, (value) => ({ ...value, model: { type: "Telepathy" } })),
    message: /Cannot load \S+\/broken\/tokenizer\.json: .*Telepathy/,
    opens: true,
  },
  {
    what: "there is no export",
    damage: (folder) => Deno.remove(`${folder}/onnx`, { recursive: true }),
    message: /Cannot load \S+\/broken\/onnx\/model\.onnx: no such file; expected the model's export in fp32/,
  },
  {
    what: "the export is an older one",
    damage: (folder) => Deno.rename(`${folder}/${ONNX}`, `${folder}/onnx/decoder_model_merged.onnx`),
    message:
      /onnx\/model\.onnx: no such file; .*\/decoder_model_merged\.onnx is of an older export: export the model again/,
  },
  {
    what: "the export lies at the folder's root, where exporters write it",
    damage: (folder) => Deno.rename(`${folder}/${ONNX}`, `${folder}/model.onnx`),
    message: /onnx\/model\.onnx: no such file; .* fp32; \S+\/broken\/model\.onnx is there: move it into onnx\/$/,
  },
  {
    what: "the export and its weights lie at the folder's root",
    damage: async (folder) => {
      await Deno.rename(`${folder}/${ONNX}`, `${folder}/model.onnx`);
      await Deno.writeTextFile(`${folder}/model.onnx_data`, "weights");
    },
    message: /\/broken\/model\.onnx is there: move it into onnx\/, with model\.onnx_data$/,
  },
  {
    what: "the export is empty",
    damage: (folder) => Deno.writeFile(`${folder}/${ONNX}`, new Uint8Array()),
    message: /Cannot load \S+\/broken\/onnx\/model\.onnx: the file is empty/,
  },
  {
    what: "the export is cut off",
    damage: (folder) => Deno.truncate(`${folder}/${ONNX}`, 100_000),
    message: /Cannot load \S+\/broken\/onnx\/model\.onnx: .+/,
  },
  {
    what: "the export is something else",
    damage: (folder) => Deno.writeTextFile(`${folder}/${ONNX}`, "version https://git-lfs.github.com/spec/v1\n"),
    message: /Cannot load \S+\/broken\/onnx\/model\.onnx: .+/,
  },
  {
    what: "the export is a link out of the folder",
    damage: async (folder) => {
      await Deno.rename(`${folder}/${ONNX}`, `${folder}/../elsewhere.onnx`);
      await Deno.symlink(`${folder}/../elsewhere.onnx`, `${folder}/${ONNX}`);
    },
    message: /Cannot load \S+\/broken\/onnx\/model\.onnx: it lies outside of the model's folder/,
  },
  {
    what: "the tokenizer has more tokens than the model gives logits",
    damage: (folder) =>
      edit(`${folder}/tokenizer.json`, ({ model, ...rest }) => {
        const { vocab, ...kept } = v.parse(modelSchema, model);
        const more = Array.from({ length: 20 }, (_, index) => [`more${index}`, 300 + index] as const);
        return { ...rest, model: { ...kept, vocab: { ...vocab, ...Object.fromEntries(more) } } };
      }),
    message: /it gives 300 logits, but its tokenizer has 320 tokens/,
  },
  {
    what: "the graph has no past_key_values",
    damage: async (folder) => {
      // Renamed byte for byte, so that lengths hold.
      const bytes = await Deno.readFile(`${folder}/${ONNX}`);
      const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
      const renamed = text.replaceAll("past_key_values", "some_key_values");
      await Deno.writeFile(`${folder}/${ONNX}`, Uint8Array.from(renamed, (character) => character.charCodeAt(0)));
    },
    message: /its graph has no past_key_values inputs; export it again with the task text-generation-with-past/,
  },
];

/** A copy of the tiny GPT-2 in a folder `broken`. */
async function copyFixture(root: string): Promise<string> {
  const from = fixturePath("tiny_gpt2"), folder = `${root}/broken`;
  await Deno.mkdir(`${folder}/onnx`, { recursive: true });
  for (const file of ["config", "generation_config", "tokenizer", "tokenizer_config"]) {
    await Deno.copyFile(`${from}/${file}.json`, `${folder}/${file}.json`);
  }
  await Deno.copyFile(`${from}/${ONNX}`, `${folder}/${ONNX}`);
  return folder;
}

for (const { what, damage, message, opens } of BROKEN) {
  Deno.test(`a broken folder is refused: ${what}`, async () => {
    const root = await Deno.realPath(await Deno.makeTempDir());
    try {
      await damage(await copyFixture(root));
      const context = { ...CONTEXT, baseUrl: new URL(`file://${root}/`) };
      const source = onnx("broken");
      if (opens === true) await source.check?.(context);
      else await assert.rejects(source.check?.(context) ?? Promise.resolve(), { message });
      await assert.rejects(source.open(context), { message });
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  });
}

Deno.test("a folder that is not there is told with each place that was tried", async () => {
  const [base, root] = [new URL("tests/", CONTEXT.rootUrl).pathname, CONTEXT.rootUrl.pathname];
  for (const name of ["./gone", "no-such-model", "fixtures/gone", "../gone"]) {
    await assert.rejects(findModel(name, "main", CONTEXT), (error) => {
      assert.ok(error instanceof Deno.errors.NotFound);
      assert.ok(error.message.includes(`"${name}"`) && error.message.includes(" nor "), error.message);
      return true;
    });
  }
  await assert.rejects(onnx("./gone").open(CONTEXT), { message: new RegExp(`${base}gone, nor ${root}gone`) });
});

Deno.test("a whole path that is not there is told once", async () => {
  const message = `Cannot find the model "/no/such/folder": there is no folder /no/such/folder`;
  await assert.rejects(findModel("/no/such/folder", "main", CONTEXT), { name: "NotFound", message });
});

Deno.test({
  name: "a folder that the app may not read is told with the right that it needs, behind a link too",
  // Deno makes links for who may read and write everything alone, and hands LD_LIBRARY_PATH to no program that is named.
  permissions: { read: [CONTEXT.rootUrl], write: true, run: ["ln"] },
  async fn() {
    const outside = await Deno.makeTempDir();
    const name = `.tmp/link_${crypto.randomUUID()}`, link = CONTEXT.rootUrl.pathname + name;
    await Deno.mkdir(new URL(".tmp", CONTEXT.rootUrl), { recursive: true });
    const { success } = await new Deno.Command("ln", { args: ["-s", outside, link], clearEnv: true }).output();
    assert.ok(success);
    try {
      for (const given of [outside, name]) {
        const message = `Cannot read the model "${given}": the app may read its own folder only; add "${outside}" to ` +
          `"read" of the task's permissions in deno.json`;
        await assert.rejects(findModel(given, "main", CONTEXT), { name: "TypeError", message });
      }
    } finally {
      await Deno.remove(link);
      await Deno.remove(outside);
    }
  },
});

Deno.test({
  name: "a path that is not there tells of each place, also of one that the app may not look at",
  permissions: { read: [CONTEXT.rootUrl] },
  async fn() {
    const context = { ...CONTEXT, baseUrl: new URL("examples/poems/", CONTEXT.rootUrl) };
    const [own, other] = [context.baseUrl, context.rootUrl].map((base) => new URL("../../models/dmo", base).pathname);
    const message = `Cannot find the model "../../models/dmo": there is no folder ${own}, ` +
      `nor ${other}, which the app may not read`;
    await assert.rejects(findModel("../../models/dmo", "main", context), { name: "NotFound", message });
  },
});

Deno.test("a setting of the environment that cannot be used is told by the check already", async () => {
  const env = (name: string) => name === "VISUALLM_THREADS" ? "x" : undefined;
  const message = `Cannot use VISUALLM_THREADS "x": expected a whole number from 0 to 1024`;
  await assert.rejects(async () => await onnx("fixtures/tiny_gpt2").check?.({ ...CONTEXT, env }), { message });
});

Deno.test({
  name: "where no native code may run, a model says so, with what helps there",
  permissions: { read: true },
  async fn() {
    const source = onnx("fixtures/tiny_gpt2"), why = "Cannot run models in this process, as native code may not run: ";
    const own = why + `start it with "deno task start", or add "ffi" to the task's permissions in deno.json`;
    const deployed = why + "the app gives it up at the start of a deployment; use a model behind an address, openai(…)";
    for (const [context, message] of [[CONTEXT, own], [{ ...CONTEXT, isPublic: true }, deployed]] as const) {
      await assert.rejects(async () => await source.check?.(context), { message });
      await assert.rejects(source.open(context), { message });
    }
  },
});

Deno.test("onnx() has the precision that was chosen in its label, so that two of one folder are told apart", () => {
  const labels = [{}, { precision: "q8" }, { precision: "fp32" }] as const;
  assert.deepEqual(labels.map((options) => onnx("models/demo", options).label), [
    "models/demo",
    "models/demo, q8",
    "models/demo, fp32",
  ]);
});

Deno.test("what has the shape of a hub id and no folder beside it is a hub id", async () => {
  assert.deepEqual(await findModel("acme/tiny", "v1", CONTEXT), { kind: "hub", id: "acme/tiny", revision: "v1" });
  assert.deepEqual(await findModel("fixtures/tiny_gpt2/", "main", CONTEXT), {
    kind: "folder",
    path: await Deno.realPath(fixturePath("tiny_gpt2")),
  });
});

Deno.test("ids that end a completion: the generation config's own, else the config's", () => {
  const config = { eos_token_id: 2 };
  assert.deepEqual(endIdsOf({ eos_token_id: [0, 1] }, config), [0, 1]);
  assert.deepEqual(endIdsOf({ eos_token_id: 0 }, config), [0]);
  assert.deepEqual(endIdsOf({}, config), [2]);
  assert.deepEqual(endIdsOf(undefined, {}), []);
});

Deno.test("parseConfig() takes null for a field that is absent, as Python writes it", () => {
  const fields = [
    "n_positions",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
    "hidden_size",
    "n_head",
    "n_embd",
  ];
  const nulls = Object.fromEntries(fields.map((field) => [field, null]));
  const config = parseConfig(
    { model_type: "mistral", vocab_size: 32_000, max_position_embeddings: 32_768, ...nulls },
    "c",
  );
  assert.deepEqual(fields.map((field) => config[field]), fields.map(() => undefined));
  assert.equal(contextWindow(config), 32_768);
  const open = parseConfig({ model_type: "mistral", vocab_size: 3, max_position_embeddings: null }, "c");
  assert.throws(() => contextWindow(open), /expected "n_positions" or "max_position_embeddings"/);
});

Deno.test("tokens that were added beyond the logits keep no model from being opened, and are refused by name in a prompt", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  try {
    const folder = await copyFixture(root);
    await edit(`${folder}/tokenizer.json`, ({ added_tokens, ...rest }) => ({
      ...rest,
      added_tokens: [...Array.isArray(added_tokens) ? added_tokens : [], { id: 300, content: "<image>", ...flags }],
    }));
    for (const driver of ["native", "binding"]) {
      const source = onnx(`file://${folder}`),
        env = (name: string) => name === "VISUALLM_ONNX_DRIVER" ? driver : undefined;
      await source.check?.(CONTEXT);
      const generator = await source.open({ ...CONTEXT, env });
      const message = `Cannot read the prompt's token "<image>" (id 300): the model's vocabulary ends at 299`;
      const step = { path: [], params: DEFAULT_PARAMS, offset: 0, limit: 1 };
      try {
        assert.equal((await generator.tokenize?.("The<image>"))?.at(-1)?.id, 300);
        const { prompt, params } = { prompt: "The<image>", params: { ...ENDLESS, maxTokens: 1 } };
        await assert.rejects(collect(generator.generate({ prompt, params, top: 1 })), { name: "RangeError", message });
        await assert.rejects(async () => await generator.next?.({ ...step, prompt }), { name: "RangeError", message });
        await assert.rejects(async () => await generator.score?.({ prompt: [300], completion: [1], top: 1 }), {
          message,
        });
        await assert.rejects(async () => await generator.score?.({ prompt: "The", completion: "<image>", top: 1 }), {
          name: "CompletionError",
        });
        assert.equal((await generator.next?.({ ...step, prompt: "The", target: "<image>" }))?.target, undefined);
      } finally {
        await generator.close();
      }
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("contextWindow() of a model with LongRoPE ends where its factors change, and the facts say so", async () => {
  const base = { model_type: "phi3", vocab_size: 32_064, max_position_embeddings: 131_072 };
  const original = { original_max_position_embeddings: 4_096 };
  const short = [
    { ...base, ...original, rope_scaling: { type: "longrope", short_factor: [1], long_factor: [2] } },
    { ...base, ...original, rope_scaling: { type: "su" } },
    { ...base, rope_scaling: null, rope_parameters: { rope_type: "longrope", ...original } },
  ];
  for (const config of short) {
    const parsed = parseConfig(config, "c");
    assert.equal(contextWindow(parsed), 4_096);
    assert.match(
      windowNote(parsed, contextWindow(parsed)) ?? "",
      /^its window ends at 4096 of 131072 tokens: .*LongRoPE/,
    );
  }
  const whole = [
    { ...base, ...original, rope_scaling: null },
    { ...base, rope_scaling: { rope_type: "llama3", original_max_position_embeddings: 8_192 } },
    { ...base, rope_scaling: { type: "longrope" } },
    { ...base, original_max_position_embeddings: 131_072, rope_scaling: { type: "longrope" } },
  ];
  for (const config of whole) {
    const parsed = parseConfig(config, "c");
    assert.deepEqual([contextWindow(parsed), windowNote(parsed, 131_072)], [131_072, undefined]);
  }
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    const folder = await copyFixture(root);
    const rope = { rope_scaling: { type: "longrope", original_max_position_embeddings: 64 } };
    await edit(`${folder}/config.json`, (config) => ({ ...config, ...rope }));
    for (const driver of ["native", "binding"]) {
      const env = (name: string) => name === "VISUALLM_ONNX_DRIVER" ? driver : undefined;
      const generator = await onnx(`file://${folder}`).open({ ...CONTEXT, env });
      await generator.close();
      assert.equal(generator.facts.contextWindow, 64);
      assert.match(generator.facts.notes?.join() ?? "", /its window ends at 64 of \d+ tokens/);
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
