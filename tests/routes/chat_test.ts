/** Chat over the API: the exact prompt of a conversation, byte for byte, and its continuation. */
import assert from "node:assert/strict";
import { chat, checkbox, choiceInput, defineModule, field, logitTable, prompt, radioInput } from "../../lib/mod.ts";
import { readEvents, readProblem } from "../rig/read_events.ts";
import { rigApp } from "../rig/rig_app.ts";

const CHARACTERS = [...new Set(" abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<>/&;?!.:[]|\n*`é🌍")];
const echo = logitTable({
  vocabulary: [...CHARACTERS, "<end>"],
  end: "<end>",
  logits: (prefix) =>
    [...CHARACTERS, "<end>"].map((entry) => entry === (prefix.length % 2 === 0 ? "a" : "<end>") ? 9 : 0),
});

const talk = defineModule({
  name: "talk",
  generators: { echo },
  components: [
    chat({
      system: "Be kind.",
      controls: () => ({
        mood: choiceInput("Mood", ["calm", "loud"]),
        short: checkbox("Short"),
        tone: radioInput("Tone", ["warm"], { deselects: true }),
      }),
      prompt: ({ system, messages, values }) =>
        prompt`[${field("system", system)}|${values.mood}|${String(values.short)}${
          values.tone === undefined ? "" : `|${values.tone}`
        }]${field("turns", messages.map(({ role, content }) => `${role}:${content}\n`).join(""))}`,
    }),
    chat({ name: "bare", title: "Bare" }),
  ],
});

const CALL = "/api/talk/chat/chat", PREVIEW = "/api/talk/chat/chat_prompt";
const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });

Deno.test("POST chat_prompt gives the exact text: turns raw, controls checked, the prefill at its end", async () => {
  const { post } = await rigApp({ modules: [talk] });
  const hostile = "<b>b</b> & &lt;x&gt; *2* `c`\né🌍";
  const controls = { mood: "loud", tone: null };
  const body = { messages: [user(hostile), assistant("ok"), user("?")], controls, prefill: "a" };
  const answer = await (await post(PREVIEW, body)).json();
  assert.equal(answer.prompt.text, `[Be kind.|loud|false]user:${hostile}\nassistant:ok\nuser:?\na`);
  assert.equal(answer.prompt.text, answer.tokens.map(({ text }: { text: string }) => text).join(""));
  const without = await (await post(PREVIEW, { messages: [user("x")], system: "" })).json();
  assert.equal(without.prompt.text, "[|calm|false]user:x\n");
});

Deno.test("POST chat streams as generate does", async () => {
  const { post } = await rigApp({ modules: [talk] });
  const events = await readEvents(await post(CALL, { messages: [user("x")], params: { temperature: 0, n: 2 } }));
  assert.equal(events.filter(({ type }) => type === "finish").length, 2);
  assert.equal(events.at(-1)?.type, "done");
});

Deno.test("POST chat names what is wrong with a conversation", async () => {
  const { post } = await rigApp({ modules: [talk] });
  const cases: readonly [unknown, number, string | undefined][] = [
    [{}, 422, "messages"],
    [{ messages: [] }, 422, "messages"],
    [{ messages: [user("")] }, 422, "messages.0.content"],
    [{ messages: [assistant("x")] }, 422, "messages.0.role"],
    [{ messages: [user("x"), user("y")] }, 422, "messages.1.role"],
    [{ messages: [user("x"), assistant("y")] }, 422, "messages"],
    [{ messages: [{ role: "system", content: "x" }] }, 422, "messages.0.role"],
    [{ messages: [user("x")], controls: { mood: "sad" } }, 422, "controls.mood"],
    [{ messages: [user("x")], controls: { colour: "red" } }, 422, "controls.colour"],
    [{ messages: [user("x")], generator: "none" }, 422, "generator"],
    [{ messages: [user("x")], params: { n: 0 } }, 422, "params.n"],
  ];
  for (const [body, status, name] of cases) {
    const problem = await readProblem(await post(CALL, body));
    assert.equal(problem.status, status, JSON.stringify(body));
    assert.equal(problem.field, name, JSON.stringify(body));
  }
  const bare = await readProblem(await post("/api/talk/bare/chat", { messages: [user("x")] }));
  assert.match(bare.detail, /no chat template/);
});

Deno.test("the chat's page comes with its controls and starters", async () => {
  const { fetch } = await rigApp({ modules: [talk] });
  const html = await (await fetch("/talk/chat")).text();
  assert.match(html, /<title>Chat · visuallm<\/title>/);
  assert.match(html, /Mood/);
  assert.match(html, /Be kind\./);
});
