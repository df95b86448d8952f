/** Tasks whose prompt is a conversation: rendered by the generator's template, or sent as messages to a server. */
import assert from "node:assert/strict";
import {
  datasetView,
  defineModule,
  field,
  generation,
  type Generator,
  type GeneratorSource,
  nextToken,
  onnx,
  openai,
  prompt,
  type PromptMessage,
  rows,
  type Task,
} from "../../lib/mod.ts";
import { decodeWire } from "../../lib/lm/wire_text.ts";
import type { NextToken } from "../../lib/lm/next.ts";
import type { ScoringState } from "../../lib/lm/row_score.ts";
import type { Scored } from "../../lib/lm/wire.ts";
import { echoGenerator, received } from "../rig/echo_rig.ts";
import { startFakeOpenAi } from "../rig/fake_openai.ts";
import { readEvents, readProblem } from "../rig/read_events.ts";
import { type RigApp, rigApp } from "../rig/rig_app.ts";
import { until } from "../rig/until.ts";

interface Question {
  readonly question: string;
  readonly answer: string;
}

const SYSTEM = "Be brief.";
const dataset = {
  all: rows<Question>([{ question: "Why so?", answer: "No." }, { question: "<|x|>", answer: "b" }]),
};
const LONG: PromptMessage = { role: "user", content: "long ".repeat(30_000) };
const target = ({ answer }: Question) => answer;
const talk = ({ question }: Question): readonly PromptMessage[] => [
  { role: "system", content: SYSTEM },
  { role: "user", content: prompt`Q: ${field("question", question)}` },
];
/** As the rig's template writes it. */
const RENDERED = `system\n${SYSTEM}\nuser\nQ: Why so?`;
const params = { maxTokens: 4 };

const fake = startFakeOpenAi();
/** Its template takes no system prompt, and no message without content. */
const strict: GeneratorSource = {
  ...echoGenerator,
  async open(context): Promise<Generator> {
    const open = await echoGenerator.open(context);
    return {
      ...open,
      renderChat: (messages) =>
        messages.some(({ content }) => content === "" || content.includes("<|x|>"))
          ? Promise.reject(new RangeError("Cannot render the chat: no such content"))
          : open.renderChat?.(messages) ?? assert.fail(),
    };
  },
};
const untemplated: GeneratorSource = {
  ...echoGenerator,
  async open(context): Promise<Generator> {
    const { renderChat: _, ...open } = await echoGenerator.open(context);
    return open;
  },
};
const broken: GeneratorSource = { ...echoGenerator, open: () => Promise.reject(new Error("no memory")) };
const task = (ask: Task<Question>["prompt"]): Task<Question> => ({ dataset, prompt: ask, target, params });

const module = defineModule({
  name: "asked",
  generators: {
    echo: echoGenerator,
    strict,
    untemplated,
    broken,
    demo: onnx("models/demo"),
    server: openai({ model: "fake", baseUrl: fake.url("ok") }),
    text: openai({ model: "fake", baseUrl: fake.url("ok"), mode: "completions" }),
  },
  tasks: {
    talk: task(talk),
    begun: task((sample) => [...talk(sample), { role: "assistant", content: "Well, " }]),
    bare: task(({ question }) => [{ role: "user", content: field("question", question) }]),
    words: task(() => [{ role: "user", content: field("question", "user") }]),
    text: task(() => RENDERED),
    // The second sample has two messages that are too long together, and not each by itself.
    long: task((sample) => sample.question === "Why so?" ? talk(sample) : [LONG, LONG]),
    each: task((sample, generator) => generator === "echo" ? talk(sample) : `for ${generator}`),
    wrong: task(() => [{ role: "user", content: "a" }, { role: "tool", content: "b" }] as unknown as PromptMessage[]),
    none: task((sample) => [{ role: "user", content: (sample as { missing?: string }).missing as string }]),
  },
  components: [generation(), nextToken(), datasetView()],
});

const rig = await rigApp({ modules: [module] });
const path = (call: string) => `/api/asked/generation/${call}`;
const wire = { max_tokens: 3 };

/** The prompt that the rig's model received last. */
const lastReceived = () => new TextDecoder().decode(received.at(-1));

async function read<Answer>(answer: Response): Promise<Answer> {
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return decodeWire(text) as Answer;
}

async function page(app: RigApp, address: string) {
  const answer = await app.fetch(`/asked/${address}`);
  const html = (await answer.text()).replaceAll("&quot;", '"').replaceAll("&#39;", "'");
  const [, panel = ""] = /aria-label="Prompt">(.*?)<\/section>/s.exec(html) ?? [];
  /** What the prompt's panel says; line ends are told by a mark. */
  const text = panel.replaceAll(/<[^>]*>/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">");
  return { status: answer.status, html, text };
}

/** All rows' scores in the background, as soon as nothing is left to do. */
async function scored(generator: string, task = "talk"): Promise<Told> {
  const address = `/api/asked/dataset/scores?task=${task}&generator=${generator}&rows=0,1`;
  const look = async () => await read<Told>(await rig.fetch(address));
  await until("all rows were tried", async () => ["done", "failed"].includes((await look()).state.kind));
  return await look();
}

interface Told {
  readonly state: ScoringState;
  readonly scores: Readonly<Record<string, { readonly perplexity?: number; readonly fault?: string }>>;
}

/** Each message below its role, where nobody knows the model's own text. */
const READABLE = `system${SYSTEM}userQ: Why so?`;
const UNKNOWN = "messages, whose exact text is not known here";
/** The texts that are marked as a field. */
const marks = (html: string) => [...html.matchAll(/<mark[^>]*>(.*?)<\/mark>/g)].map(([, text]) => text);

Deno.test("POST generate, next_token and score give a model exactly what its template makes of the task's messages", async () => {
  await readEvents(await rig.post(path("generate"), { task: "talk", params: wire }));
  assert.equal(lastReceived(), RENDERED);
  for (const body of [{ limit: 3 }, { limit: 3, path: [65] }]) {
    const [messages, text] = await Promise.all(
      ["talk", "text"].map(async (task) =>
        await read<NextToken>(await rig.post(path("next_token"), { task, ...body }))
      ),
    );
    assert.deepEqual(messages, text);
  }
  const score = async (task: string) => await read<Scored>(await rig.post(path("score"), { task }));
  const messages = await score("talk"), text = await score("text");
  assert.deepEqual(messages.tokens, text.tokens);
  assert.deepEqual(messages.prompt, text.prompt);
});

Deno.test("POST score tells what the fields of messages add: the template rendered again without their values", async () => {
  const { tokens, nullLogprobs } = await read<Scored>(await rig.post(path("score"), { task: "talk" }));
  const blank = `system\n${SYSTEM}\nuser\nQ: `;
  const completion = tokens.map(({ token }) => token.id);
  const without = await read<Scored>(await rig.post(path("score"), { prompt: blank, completion }));
  assert.deepEqual(nullLogprobs, without.tokens.map(({ logprob }) => logprob));
  // A template that refuses a message without content leaves the score, and tells nothing of the fields.
  const refused = await read<Scored>(await rig.post(path("score"), { task: "bare", generator: "strict" }));
  assert.equal(refused.tokens.length, 3);
  assert.equal(refused.nullLogprobs, undefined);
});

Deno.test("blank cuts a field out of the messages before they are rendered, or sent", async () => {
  const body = { task: "talk", blank: ["question"], limit: 1 };
  const { prompt: tokens = [] } = await read<NextToken>(await rig.post(path("next_token"), body));
  assert.equal(tokens.map(({ text }) => text).join(""), `system\n${SYSTEM}\nuser\nQ: `);
  await read<NextToken>(await rig.post(path("next_token"), { ...body, generator: "server" }));
  const blank = [{ role: "system", content: SYSTEM }, { role: "user", content: "Q: " }];
  assert.deepEqual(fake.seen.at(-1)?.body.messages, blank);
  const problem = await readProblem(await rig.post(path("next_token"), { ...body, blank: ["answer"] }));
  assert.equal(problem.detail, 'Cannot use blank: the prompt has no field "answer", only "question"');
});

Deno.test("a message of the assistant at the end is what the answer begins with", async () => {
  await readEvents(await rig.post(path("generate"), { task: "begun", params: wire }));
  assert.equal(lastReceived(), `${RENDERED}Well, `);
  await readEvents(await rig.post(path("generate"), { task: "begun", generator: "server", params: wire }));
  const { messages, continue_final_message: isContinued } = fake.seen.at(-1)?.body ?? {};
  assert.deepEqual(messages, [
    { role: "system", content: SYSTEM },
    { role: "user", content: "Q: Why so?" },
    { role: "assistant", content: "Well, " },
  ]);
  assert.equal(isContinued, true);
});

Deno.test("a server in chat mode is sent the messages themselves, for a run and for a step; in completions mode their text", async () => {
  const messages = [{ role: "system", content: SYSTEM }, { role: "user", content: "Q: Why so?" }];
  await readEvents(await rig.post(path("generate"), { task: "talk", generator: "server", params: wire }));
  assert.deepEqual(fake.seen.at(-1)?.body.messages, messages);
  const step = await read<NextToken>(await rig.post(path("next_token"), { task: "talk", generator: "server" }));
  assert.deepEqual(fake.seen.at(-1)?.body.messages, messages);
  const further = { task: "talk", generator: "server", path: [step.step.token.id] };
  await read(await rig.post(path("next_token"), further));
  const begun = { role: "assistant", content: step.step.token.text };
  assert.deepEqual(fake.seen.at(-1)?.body.messages, [...messages, begun]);
  await readEvents(await rig.post(path("generate"), { task: "talk", generator: "text", params: wire }));
  const text = `[system]\n${SYSTEM}\n\n[user]\nQ: Why so?\n\n[assistant]\n`;
  assert.equal(fake.seen.at(-1)?.body.prompt, text);
});

Deno.test("a prompt of one's own beside such a task is the text that it is", async () => {
  await readEvents(await rig.post(path("generate"), { task: "talk", prompt: "abc", params: wire }));
  assert.equal(lastReceived(), "abc");
});

Deno.test("a task may give each generator another prompt", async () => {
  await readEvents(await rig.post(path("generate"), { task: "each", generator: "echo", params: wire }));
  assert.equal(lastReceived(), RENDERED);
  await readEvents(await rig.post(path("generate"), { task: "each", generator: "strict", params: wire }));
  assert.equal(lastReceived(), "for strict");
});

Deno.test("a generator without a chat template says which task needs one, over the API and on the pages", async () => {
  const detail =
    'Cannot use task "talk": its prompt is a conversation, and generator "untemplated" has no chat template ' +
    "to make its text; it needs one, or the task a prompt that is a text";
  for (const call of ["generate", "next_token", "score"]) {
    const problem = await readProblem(await rig.post(path(call), { task: "talk", generator: "untemplated" }));
    assert.deepEqual([problem.status, problem.field, problem.detail], [422, "generator", detail]);
  }
  for (const screen of ["generation", "next-token", "dataset"]) {
    const { status, html, text } = await page(rig, `${screen}?task=talk&generator=untemplated&tokens=1`);
    assert.equal(status, 422, screen);
    assert.ok(html.includes(detail), screen);
    assert.ok(text.includes(UNKNOWN) && text.includes(READABLE), "the messages are shown nevertheless");
    assert.ok(marks(html).includes("Why so?"), screen);
  }
  // What the data are needs no generator.
  const { status, text } = await page(rig, "dataset?task=talk&generator=untemplated");
  assert.equal(status, 200);
  assert.ok(text.includes(READABLE));
});

Deno.test("a template that refuses a sample is told as that, and of rows that are scored the others have theirs", async () => {
  const body = { task: "talk", generator: "strict", sample: 1 };
  const problem = await readProblem(await rig.post(path("generate"), body));
  assert.deepEqual([problem.status, problem.detail], [422, "Cannot render the chat: no such content"]);
  const { scores } = await scored("strict");
  assert.equal(typeof scores[0]?.perplexity, "number");
  assert.deepEqual(scores[1], { fault: problem.detail });
  // What is wrong with all rows is told once.
  const { state } = await scored("untemplated");
  assert.ok(state.kind === "failed" && state.reason.includes("has no chat template"), JSON.stringify(state));
});

Deno.test("a sample of more bytes than a model is given says how many, and of rows that are scored the others have theirs", async () => {
  // The template puts "user" and a line end before each, and a line end between them.
  const detail = 'Cannot use the prompt of task "long": the text that generator "echo" receives must be at most ' +
    "262144 bytes of UTF-8, got 300011";
  for (const call of ["generate", "next_token", "score"]) {
    const problem = await readProblem(await rig.post(path(call), { task: "long", sample: 1 }));
    assert.deepEqual([problem.status, problem.title, problem.field], [422, "Prompt too long", "prompt"]);
    assert.equal(problem.detail, detail);
  }
  for (const screen of ["generation", "next-token"]) {
    const { status, html, text } = await page(rig, `${screen}?task=long&sample=1`);
    assert.equal(status, 422, screen);
    assert.ok(html.includes(detail), screen);
    assert.ok(text.includes("long long"), "the messages are shown nevertheless");
  }
  const { scores } = await scored("echo", "long");
  assert.equal(typeof scores[0]?.perplexity, "number");
  assert.deepEqual(scores[1], { fault: detail });
});

Deno.test("the pages show the rendered text with its fields marked, and say what it is", async () => {
  for (const screen of ["generation", "next-token", "dataset"]) {
    const { status, html, text } = await page(rig, `${screen}?task=talk&generator=echo`);
    assert.equal(status, 200, screen);
    assert.ok(marks(html).includes("Why so?"), screen);
    assert.ok(text.includes("exactly what the model receives"), screen);
    assert.ok(text.includes(RENDERED.replaceAll("\n", "↵")), text);
    assert.ok(!text.includes("Show the exact text"));
    const sent = await page(rig, `${screen}?task=talk&generator=server`);
    assert.ok(sent.text.includes("sent as messages, of which the server makes the exact text"), screen);
    assert.ok(sent.text.includes(READABLE), sent.text);
    assert.ok(marks(sent.html).includes("Why so?"), screen);
  }
  const { html, text } = await page(rig, "generation?task=words&generator=echo");
  assert.ok(text.includes("Not marked, as their places in the template's text are not certain: question."), text);
  assert.ok(!marks(html).includes("user"));
});

Deno.test("a page whose generator is not open shows the messages; the dataset's opens one for tokens alone", async () => {
  const app = await rigApp({ modules: [module] });
  for (const generator of ["echo", "broken"]) {
    const { status, html, text } = await page(app, `dataset?task=talk&generator=${generator}`);
    assert.equal(status, 200);
    assert.ok(text.includes(READABLE) && text.includes(UNKNOWN), text);
    assert.ok(marks(html).includes("Why so?"));
    assert.ok(!app.registry.isOpen("asked", generator));
  }
  const failed = await page(app, "generation?task=talk&generator=broken");
  assert.equal(failed.status, 503);
  assert.match(failed.html, /no memory/);
  assert.ok(failed.text.includes("Show the exact text"), "another try");
  // As many tokens as the template's text has bytes.
  const { text } = await page(app, "dataset?task=talk&generator=echo&tokens=1");
  assert.ok(text.includes(`${RENDERED.length} tokens`), text);
});

Deno.test("the embedded model is given its own template's text", async () => {
  const { prompt: tokens = [] } = await read<NextToken>(
    await rig.post(path("next_token"), { task: "talk", generator: "demo", limit: 1 }),
  );
  const rendered = `<|system|>${SYSTEM}<|end|><|user|>Q: Why so?<|end|><|assistant|>`;
  assert.equal(tokens.map((token) => token.text).join(""), rendered);
  assert.equal(tokens[0]?.special, true);
  const { html, text } = await page(rig, "generation?task=talk&generator=demo");
  assert.ok(text.includes(rendered), text);
  assert.ok(marks(html).includes("Why so?"));
});

Deno.test("what is no message is named by its place, its role and its content", async () => {
  const where = "Cannot build the prompt of sample 0 of task";
  const expected = 'to be { role: "system", "user" or "assistant", content: a text or prompt`…` }, got';
  const cases: readonly (readonly [string, string])[] = [
    ["wrong", `${where} "wrong": expected message 1 ${expected} role "tool" and content "b"`],
    ["none", `${where} "none": expected message 0 ${expected} role "user" and content undefined`],
  ];
  for (const [task, detail] of cases) {
    const problem = await readProblem(await rig.post(path("generate"), { task }));
    assert.deepEqual([problem.status, problem.detail.slice(0, detail.length)], [500, detail]);
    const { status, html } = await page(rig, `generation?task=${task}`);
    assert.equal(status, 500);
    assert.ok(html.includes(detail), html);
  }
});

Deno.test("the rig is closed", async () => {
  await rig.registry.close();
  await fake.close();
});
