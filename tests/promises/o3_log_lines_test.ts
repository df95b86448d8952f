/** O3: Each request is one JSON line with its route, status, time, bytes, tokens and code, each failure one with its kind and place in code, and none has content. */
import assert from "node:assert/strict";
import { openLarge } from "../../lib/datasets/jsonl.ts";
import { button, chat, component, defineModule, generation, rows, textInput } from "../../lib/mod.ts";
import { measured } from "../rig/measured.ts";
import { rigApp, rigPath } from "../rig/rig_app.ts";
import { rigModule } from "../rig/rig_module.ts";

const CANARY = "canary";

Deno.test("O3: prompts, names, headers and line ends of requests stay out of the log", async () => {
  const { fetch, post, logged } = await rigApp();
  const path = rigPath("generate");
  const bodies = [{ prompt: "canary ", params: { max_tokens: 7 } }, { canary: 1 }, { task: "canary\n{}" }, {
    generator: "failing",
    prompt: "canary ",
  }];
  for (const body of bodies) await (await post(path, body)).text();
  await (await fetch("/canary/%0a%7b%22event%22:1%7d?canary=%0a", { headers: { canary: "canary" } })).text();
  const lines = logged.map((line) => JSON.parse(line));
  const requests = lines.filter(({ event }) => event === "request");
  assert.equal(requests.length, bodies.length + 1);
  for (const line of logged) assert.ok(!line.includes(CANARY) && !line.includes("\n"));
  assert.deepEqual(requests.map(({ tokens }) => tokens).slice(0, 1), [7]);
  assert.deepEqual(requests.map(({ status, code }) => [status, code]), [
    [200, undefined],
    [422, "Invalid request"],
    [422, "Invalid request"],
    [200, "Generator failed"],
    [404, "Not found"],
  ]);
  measured("O3", `${requests.length} requests, one line each, 0 with content`);
});

class TurnError extends Error {
  override readonly name = "TurnError";
}

/** As a developer's code that quotes what it got, in lines that look like places in code, and because of what quotes it too. */
function refuse(text: string): never {
  throw new TurnError(`bad turn: ${text}\n    at ${text} (file:///${text}.ts:1:1)`, { cause: new RangeError(text) });
}

/** Quotes what somebody wrote in all that it throws: in a prompt, a conversation, an action, and a row of a file. */
function quotingModule(file: URL) {
  return defineModule({
    name: "quoting",
    generators: { table: rigModule.generators.table ?? assert.fail() },
    tasks: {
      edited: { dataset: { all: rows([{ text: "{}" }]) }, prompt: ({ text }) => String(JSON.parse(text)) },
      broken: {
        dataset: { all: { label: "a.jsonl", open: () => openLarge<{ text: string }>(file, "a.jsonl", undefined) } },
        prompt: ({ text }) => text,
      },
    },
    components: [
      generation(),
      chat({ prompt: ({ messages }) => refuse(messages.at(-1)?.content ?? "") }),
      component("Typed", () => {
        const typed = textInput("Typed");
        return [button("Parse", { name: "parse", inputs: { typed } }, ({ values }) => refuse(values.typed))];
      }),
    ],
  });
}

const CALLS: readonly (readonly [call: string, body: object])[] = [
  ["generation/generate", { task: "edited", edits: { text: CANARY } }],
  ["chat/chat", { messages: [{ role: "user", content: CANARY }] }],
  ["typed/elements/parse", { inputs: { text_input: CANARY } }],
  ["generation/generate", { task: "broken", sample: 1 }],
];

/** The answers to the calls, and what the log has of their failures. */
async function failures(file: URL, logsContent: boolean) {
  const { fetch, post, logged } = await rigApp({ modules: [quotingModule(file)], logsContent });
  const { session } = await (await fetch("/api/quoting/typed/elements")).json();
  const answers: string[] = [];
  for (const [call, body] of CALLS) {
    answers.push(
      await (await post(`/api/quoting/${call}`, { ...call.startsWith("typed") && { session }, ...body })).text(),
    );
  }
  const lines = logged.map((line): { event: string; id: string; error: string } => JSON.parse(line));
  return { answers, logged, failed: lines.filter(({ event }) => event === "failure") };
}

Deno.test("O3: messages of failures, which quote what somebody wrote, are shown, and logged where that is wanted alone", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, `{"text":"a"}\n{"text":${CANARY}}\n`);
  const file = new URL(`file://${path}`);
  const { answers, logged, failed } = await failures(file, false);
  for (const answer of answers) assert.match(answer, /canary/, "who asked is told");
  assert.deepEqual(logged.filter((line) => line.includes(CANARY)), []);
  assert.equal(failed.length, CALLS.length);
  for (const [index, { id }] of failed.entries()) assert.ok(answers[index]?.includes(id), "the ID leads to the answer");
  const kinds = ["SyntaxError", "TurnError", "TurnError", "SyntaxError"];
  const places = ["o3_log_lines_test", "o3_log_lines_test", "o3_log_lines_test", "lines_dataset"];
  for (const [index, kind] of kinds.entries()) {
    const error = failed[index]?.error ?? "";
    assert.match(error, new RegExp(`(^|caused by )${kind}\\n    at .*${places[index]}\\.ts:\\d+:\\d+`, "ms"), error);
  }
  assert.equal(
    failed.filter(({ error }) => /TurnError\n[^]*\ncaused by RangeError\n {4}at refuse/.test(error)).length,
    2,
  );
  const withContent = await failures(file, true);
  for (const { error } of withContent.failed) assert.match(error, /canary/);
  await Deno.remove(path);
  measured("O3", `${failed.length} failures with kind and place, 0 with a message`);
});
