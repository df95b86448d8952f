/** I3: A text that is typed in, generated, saved, reloaded or exported is the same byte for byte, and so is what the model gets. */
import assert from "node:assert/strict";
import Papa from "papaparse";
import {
  button,
  chat,
  component,
  datasetView,
  defineModule,
  generation,
  jsonl,
  rows,
  text,
  textInput,
} from "../../lib/mod.ts";
import { csvTable } from "../../lib/elements/table/csv.ts";
import { exportChat, importChat } from "../../lib/ui/chat/chat_file.ts";
import { sent, thread } from "../../lib/ui/chat/chat_state.ts";
import { echoGenerator, received } from "../rig/echo_rig.ts";
import { hostileStrings } from "../rig/hostile_strings.ts";
import { measured } from "../rig/measured.ts";
import { readEvents } from "../rig/read_events.ts";
import { type RigApp, rigApp } from "../rig/rig_app.ts";

const COUNT = 200;
/** Most bytes that a run writes. */
const LONGEST = 4_096;
const TEXTS = hostileStrings(COUNT, 3);
const encoder = new TextEncoder();

/** What the component's action was given last. */
let given: string | undefined;

const typing = component("Typing", () => {
  const input = textInput("Input", "", { name: "input" });
  const told = text("", { name: "told" });
  return [
    input,
    told,
    button("Send", { name: "send", inputs: { input } }, ({ values }) => {
      given = values.input;
      told.set(values.input);
    }),
  ];
});

/** A module whose data set is a file with these texts, one a row. */
async function makeModule(folder: string) {
  const lines = TEXTS.map((text) => JSON.stringify({ text }));
  await Deno.writeTextFile(`${folder}/texts.jsonl`, lines.join("\n"));
  return defineModule({
    name: "trip",
    generators: { echo: echoGenerator },
    tasks: {
      file: { dataset: { all: jsonl<{ text: string }>(`${folder}/texts.jsonl`) }, prompt: (row) => row.text },
      one: { dataset: { all: rows([{ text: "a" }]) }, prompt: (row) => row.text },
    },
    components: [
      generation(),
      datasetView(),
      chat({ prompt: ({ messages }) => messages.at(-1)?.content ?? "" }),
      typing,
    ],
  });
}

function assertSame(actual: string | Uint8Array | undefined, expected: string, what: string): void {
  const bytes = typeof actual === "string" ? encoder.encode(actual) : actual ?? new Uint8Array();
  const wanted = encoder.encode(expected);
  const isSame = bytes.length === wanted.length && bytes.every((byte, at) => byte === wanted[at]);
  assert.ok(isSame, `${what}: ${JSON.stringify(expected.slice(0, 80))} is ${JSON.stringify(actual)?.slice(0, 80)}`);
}

/** A run that writes its prompt again. @returns what was written */
async function written({ post }: RigApp, path: string, body: object): Promise<string> {
  const events = await readEvents(
    await post(path, { ...body, top: 1, params: { max_tokens: LONGEST, temperature: 0 } }),
  );
  const finish = events.find((event) => event.type === "finish");
  assert.equal(events.at(-1)?.type, "done");
  return finish?.type === "finish" ? finish.text : assert.fail("the run did not finish");
}

/** Typed in: as a prompt, as an edit of a sample, as a turn, and into an input of one's own page. */
async function typed(rig: RigApp, session: string, text: string): Promise<void> {
  // No model goes on with nothing.
  if (text !== "") await sentToModel(rig, text);
  await (await rig.post("/api/trip/typing/elements/send", { session, inputs: { input: text } })).text();
  assertSame(given, text, "input that the action was given");
  const state = await (await rig.fetch(`/api/trip/typing/elements?session=${session}`)).json();
  assertSame(state.elements.told.text, text, "text that the page is sent");
}

async function sentToModel(rig: RigApp, text: string): Promise<void> {
  const short = text.slice(0, LONGEST / 4);
  assertSame(await written(rig, "/api/trip/generation/generate", { task: "one", prompt: short }), short, "generated");
  assertSame(received.at(-1), short, "prompt that the model received");
  const edited = { task: "one", edits: { text }, params: { max_tokens: 1 } };
  await (await rig.post("/api/trip/generation/generate", edited)).text();
  assertSame(received.at(-1), text, "edited sample that the model received");
  const messages = [{ role: "user", content: text }];
  await (await rig.post("/api/trip/chat/chat", { messages, params: { max_tokens: 1 } })).text();
  assertSame(received.at(-1), text, "turn that the model received");
  const preview = await (await rig.post("/api/trip/chat/chat_prompt", { messages })).json();
  assertSame(preview.prompt.text, text, "preview of a turn");
}

/** Read back: from the file of a data set, from its rows over the API, and through the address of a page. */
async function reloaded({ fetch, post }: RigApp, text: string, index: number): Promise<void> {
  await (await post("/api/trip/generation/generate", { task: "file", sample: index, params: { max_tokens: 1 } }))
    .text();
  assertSame(received.at(-1), text, "row that the model received");
  const { rows: [row] } = await (await fetch(`/api/trip/dataset/samples?task=file&offset=${index}&limit=1`)).json();
  assertSame(row.text, text, "row over the API");
}

/** Saved and read again: a conversation as the browser keeps it and as its file. */
function saved(text: string): void {
  const chat = sent({ turns: [], leaf: undefined, conversation: 0 }, text, 1);
  const again = importChat(JSON.parse(JSON.stringify(exportChat(chat))));
  assertSame(thread(again)[0]?.text, text, "saved turn");
}

/** Taken out: over the OpenAI API, and as a table that another program reads. */
async function exported({ post }: RigApp, text: string): Promise<void> {
  const short = text === "" ? "a" : text.slice(0, LONGEST / 4);
  const body = { model: "trip/echo", prompt: short, max_tokens: LONGEST, temperature: 0 };
  const answer = await (await post("/v1/completions", body)).json();
  assertSame(answer.choices[0].text, short, "completion over /v1");
  const table = csvTable(["text", "other"], [[text, "x"]]);
  const cell = Papa.parse<string[]>(table, { newline: "\r\n", delimiter: "," }).data[1]?.[0];
  // Only what a spreadsheet would run gets an apostrophe, see A14.
  assertSame(/^[=+\-@\t\r]/.test(text) ? cell?.slice(1) : cell, text, "cell of a table");
}

Deno.test("I3: 200 hostile texts, typed, generated, saved, reloaded and exported", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const rig = await rigApp({ modules: [await makeModule(folder)], servesApi: true });
    const { session } = await (await rig.fetch("/api/trip/typing/elements")).json();
    for (const [index, text] of TEXTS.entries()) {
      await typed(rig, session, text);
      await reloaded(rig, text, index);
      saved(text);
      await exported(rig, text);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  assert.equal(TEXTS.length, COUNT);
  measured("I3", `${COUNT} texts × 12 places, each byte for byte, the model's among them`);
});
