/** Where a model's chat template stands, and what is told where there is none, or where it refuses a conversation. */
import assert from "node:assert/strict";
import { onnx } from "../../../lib/generators/onnx/onnx.ts";
import { chat, defineModule } from "../../../lib/mod.ts";
import { readProblem } from "../../rig/read_events.ts";
import { rigApp } from "../../rig/rig_app.ts";
import { CONTEXT, fixturePath } from "./tiny_models.ts";

const MESSAGES = [{ role: "user", content: "one" }, { role: "assistant", content: "two" }] as const;
const TEMPLATE = "{% for message in messages %}<{{ message.role }}>{{ message.content }}{% endfor %}";
const RENDERED = "<user>one<assistant>two";

/** Runs with the tiny GPT-2, whose tokenizer has no template, with these files beside it. */
async function withFiles(
  files: Readonly<Record<string, string>>,
  run: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir()), from = fixturePath("tiny_gpt2");
  try {
    await Deno.mkdir(`${folder}/onnx`);
    for (const file of ["config.json", "tokenizer.json", "tokenizer_config.json", "onnx/model.onnx"]) {
      await Deno.copyFile(`${from}/${file}`, `${folder}/${file}`);
    }
    for (const [file, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${file}`, text);
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function rendered(folder: string): Promise<string | undefined> {
  const generator = await onnx(`file://${folder}`).open(CONTEXT);
  try {
    return await generator.renderChat?.(MESSAGES);
  } finally {
    await generator.close();
  }
}

Deno.test("a template stands in tokenizer_config.json, else in chat_template.jinja, else in chat_template.json", async () => {
  const config = JSON.parse(await Deno.readTextFile(`${fixturePath("tiny_gpt2")}/tokenizer_config.json`));
  const own = JSON.stringify({ ...config, chat_template: TEMPLATE });
  const json = JSON.stringify({ chat_template: TEMPLATE });
  const places: readonly Readonly<Record<string, string>>[] = [
    { "tokenizer_config.json": own, "chat_template.jinja": "another", "chat_template.json": "{" },
    { "chat_template.jinja": `${TEMPLATE}\n`, "chat_template.json": "{" },
    { "chat_template.json": json },
    { "tokenizer_config.json": JSON.stringify({ ...config, chat_template: null }), "chat_template.json": json },
  ];
  for (const files of places) {
    await withFiles(files, async (folder) => assert.equal(await rendered(folder), RENDERED, Object.keys(files).join()));
  }
  await withFiles({}, async (folder) => assert.equal(await rendered(folder), undefined));
  for (const text of ["{", "[]", `{"chat_template": 1}`]) {
    await withFiles({ "chat_template.json": text }, async (folder) => {
      await assert.rejects(rendered(folder), {
        name: "SyntaxError",
        message: /Cannot use \S+\/chat_template\.json: expected an object with a text "chat_template"/,
      });
    });
  }
});

/** Of the pages' API and of OpenAI's. */
const STATUSES = [422, 400];

/** What the pages' chat and /v1's tell of a conversation that cannot be rendered. */
async function problemsOf(folder: string): Promise<readonly { readonly status: number; readonly message: string }[]> {
  const module = defineModule({ name: "m", generators: { model: onnx(folder) }, components: [chat()] });
  const { post, registry } = await rigApp({ modules: [module], servesApi: true });
  try {
    const messages = [{ role: "user", content: "one" }];
    const own = await readProblem(await post("/api/m/chat/chat_prompt", { messages }));
    const answer = await post("/v1/chat/completions", { model: "m/model", messages });
    const { error } = await answer.json();
    return [{ status: own.status, message: own.detail }, { status: answer.status, message: error.message }];
  } finally {
    await registry.close();
  }
}

Deno.test("a model without a template, and a template that refuses the messages, are told as the request's fault", async () => {
  await withFiles({}, async (folder) => {
    const problems = await problemsOf(folder);
    assert.deepEqual(problems.map(({ status }) => status), STATUSES);
    for (const { message } of problems) assert.match(message, /has no chat template/);
  });
  const refusing = "{{ raise_exception('System role not supported') }}";
  await withFiles({ "chat_template.jinja": refusing }, async (folder) => {
    const message = "Cannot render the chat: System role not supported";
    assert.deepEqual(await problemsOf(folder), STATUSES.map((status) => ({ status, message })));
  });
});

Deno.test("a range is a template's own under another name too, in a list of templates, and where a line comes first", async () => {
  const config = JSON.parse(await Deno.readTextFile(`${fixturePath("tiny_gpt2")}/tokenizer_config.json`));
  const withTemplate = (chat_template: unknown) => ({
    "tokenizer_config.json": JSON.stringify({ ...config, chat_template }),
  });
  const counted = "\n{% set r = range %}{{ r(2) | length }}{{ messages[0].content }}";
  for (const template of [counted, [{ name: "default", template: counted }]]) {
    await withFiles(withTemplate(template), async (folder) => assert.equal(await rendered(folder), "\n2one"));
  }
  const endless = counted.replace("r(2)", "r(1000000000)");
  for (const template of [endless, [{ name: "default", template: endless }, { name: "tool_use", template: "x" }]]) {
    await withFiles(withTemplate(template), async (folder) => {
      await assert.rejects(rendered(folder), { message: /its template counts to 1000000000, and may to 100000/ });
    });
  }
});
