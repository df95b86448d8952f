/** SentencePiece tokenizers as the Hub has them, beside what the Python library says; tools/demo_model/fixtures_tokenizers.py. */
import assert from "node:assert/strict";
import * as v from "valibot";
import type { Generator } from "../../../lib/generators/generator.ts";
import { onnx } from "../../../lib/generators/onnx/onnx.ts";
import { detokenize } from "../../../lib/lm/detokenize.ts";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import { hostileStrings } from "../../rig/hostile_strings.ts";
import { CONTEXT, fixturePath } from "./tiny_models.ts";

const FOLDER = new URL("../../fixtures/sentencepiece/", import.meta.url);

const ids = v.array(v.number());
const goldenSchema = v.object({
  texts: v.array(v.object({ text: v.string(), ids, bare: ids })),
  line: v.object({ text: v.string(), ids }),
  continuations: v.array(v.object({ text: v.string(), ids })),
  chat: v.object({
    messages: v.array(v.object({ role: v.picklist(["user"]), content: v.string() })),
    text: v.string(),
    ids,
  }),
  shown: v.array(v.object({ id: v.number(), text: v.string() })),
});

/** The tiny Llama with one of the tokenizers. */
async function withTokenizer(
  name: "prepending" | "runs",
  run: (generator: Generator, golden: v.InferOutput<typeof goldenSchema>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir()), from = fixturePath("tiny_llama");
  await Deno.mkdir(`${folder}/onnx`);
  for (const file of ["config.json", "onnx/model.onnx"]) await Deno.copyFile(`${from}/${file}`, `${folder}/${file}`);
  for (const file of ["tokenizer.json", "tokenizer_config.json"]) {
    await Deno.copyFile(new URL(`${name}/${file}`, FOLDER), `${folder}/${file}`);
  }
  const golden = JSON.parse(await Deno.readTextFile(new URL(`${name}/golden.json`, FOLDER)));
  const generator = await onnx(`file://${folder}`).open(CONTEXT);
  try {
    await run(generator, v.parse(goldenSchema, golden));
  } finally {
    await generator.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function idsOf(generator: Generator, text: string): Promise<readonly number[]> {
  return (await generator.tokenize?.(text) ?? assert.fail()).map(({ id }) => id);
}

for (const name of ["prepending", "runs"] as const) {
  Deno.test(`${name}: ids are those of Python, and what stands before a whole text stands there once`, async () => {
    await withTokenizer(name, async (generator, { texts }) => {
      for (const { text, ids, bare } of texts) {
        assert.deepEqual(await idsOf(generator, text), text.startsWith("<s>") ? bare : ids, JSON.stringify(text));
      }
    });
  });

  Deno.test(`${name}: the tokens' bytes are those of the text, after the space that the tokenizer writes`, async () => {
    await withTokenizer(name, async (generator) => {
      for (const text of hostileStrings(100).filter((text) => text !== "" && text.length < 10_000)) {
        const tokens = await generator.tokenize?.(text) ?? assert.fail();
        const written = name === "prepending" ? ` ${text}` : text;
        const bytes = tokens.flatMap((token) => token.bytes);
        assert.deepEqual(bytes, [...new TextEncoder().encode(written)], JSON.stringify(text));
      }
    });
  });

  Deno.test(`${name}: a chat is rendered and tokenized as Python does both`, async () => {
    await withTokenizer(name, async (generator, { chat }) => {
      const text = await generator.renderChat?.(chat.messages) ?? assert.fail();
      assert.equal(text, chat.text);
      assert.deepEqual(await idsOf(generator, text), chat.ids);
    });
  });

  Deno.test(`${name}: what goes on after a line has the ids that it has in the whole text`, async () => {
    await withTokenizer(name, async (generator, { line, continuations }) => {
      assert.deepEqual(await idsOf(generator, line.text), line.ids);
      for (const { text, ids } of continuations) {
        const scored = await generator.score?.({ prompt: line.text, completion: text, top: 1 }) ?? assert.fail();
        const tokens = scored.map(({ token }) => token);
        assert.deepEqual(tokens.map(({ id }) => id), ids, JSON.stringify(text));
        assert.equal(detokenize(tokens), text);
        const step = { prompt: line.text, path: [], append: text, params: DEFAULT_PARAMS, offset: 0, limit: 1 };
        const { path } = await generator.next?.(step) ?? assert.fail();
        assert.deepEqual(path.map(({ id }) => id), ids, `appended ${JSON.stringify(text)}`);
      }
    });
  });

  Deno.test(`${name}: each token's text is what Python decodes it to`, async () => {
    await withTokenizer(name, async (generator, { line, shown }) => {
      const completion = shown.map(({ id }) => id);
      const scored = await generator.score?.({ prompt: line.text, completion, top: 1 }) ?? assert.fail();
      assert.deepEqual(scored.map(({ token }) => ({ id: token.id, text: token.text })), shown);
    });
  });
}
