/** A server's generator behind our own API: chats as turns, warnings, faults and keys. */
import assert from "node:assert/strict";
import { chat, choiceInput, defineModule, generation, openai, perplexity, rows } from "../../lib/mod.ts";
import { Budget } from "../../lib/server/admission/budget.ts";
import { startFakeOpenAi } from "../rig/fake_openai.ts";
import { MemoryCounters } from "../rig/memory_counters.ts";
import { readEvents, readProblem } from "../rig/read_events.ts";
import { rigApp } from "../rig/rig_app.ts";

const KEY = "sk-canary-0123456789abcdef";
const fake = startFakeOpenAi();
const BEHAVIOURS = ["ok", "silent", "key", "error_inside", "broken", "always_busy"] as const;

const remote = defineModule({
  name: "remote",
  generators: Object.fromEntries(BEHAVIOURS.map((name) => [
    name,
    openai({ model: "fake", baseUrl: fake.url(name), apiKeyEnv: "RIG_KEY" }),
  ])),
  tasks: {
    copy: { dataset: { all: rows([{ text: "abc" }]) }, prompt: ({ text }) => text, metrics: { ppl: perplexity } },
  },
  components: [
    generation(),
    chat({ system: "Be kind." }),
    chat({
      name: "persona",
      title: "Persona",
      controls: () => ({ trait: choiceInput("Trait", ["i sing .", "i cook ."]) }),
      messages: ({ values, messages }) => [{ role: "system", content: String(values.trait) }, ...messages],
    }),
  ],
});

const app = await rigApp({
  modules: [remote],
  env: (name) => name === "RIG_KEY" ? KEY : undefined,
  logsContent: true,
});
const params = { max_tokens: 5 };

Deno.test("POST chat gives a server the turns themselves, and the preview shows them as text", async () => {
  const messages = [{ role: "user", content: "hé" }, { role: "assistant", content: "a" }, {
    role: "user",
    content: "b",
  }];
  const events = await readEvents(await app.post("/api/remote/chat/chat", { messages, params }));
  assert.equal(events.at(-1)?.type, "done");
  assert.deepEqual(fake.seen.at(-1)?.body.messages, [{ role: "system", content: "Be kind." }, ...messages]);
  const preview = await (await app.post("/api/remote/chat/chat_prompt", { messages })).json();
  assert.equal(preview.prompt.text, "[system]\nBe kind.\n\n[user]\nhé\n\n[assistant]\na\n\n[user]\nb\n\n[assistant]\n");
});

Deno.test("POST chat lets a component make the turns: a system message of its controls", async () => {
  const body = { messages: [{ role: "user", content: "hi" }], controls: { trait: "i cook ." }, params };
  await readEvents(await app.post("/api/remote/persona/chat", body));
  assert.deepEqual(fake.seen.at(-1)?.body.messages, [{ role: "system", content: "i cook ." }, ...body.messages]);
});

Deno.test("a budget holds for what a server bills", async () => {
  const budget = new Budget({ tokensPerDay: 130 }, new MemoryCounters());
  const capped = await rigApp({ modules: [remote], budget, env: (name) => name === "RIG_KEY" ? KEY : undefined });
  const post = (tokens: number) =>
    capped.post("/api/remote/generation/generate", { generator: "ok", params: { max_tokens: tokens } });
  const refused = await readProblem(await post(100));
  assert.equal(refused.status, 429);
  assert.match(refused.detail, /130 tokens a day in all, and this call may use up to 167/);
  // Each run may use 20 tokens, and 67 with its prompt, of which 10 are billed; a third one does not fit.
  for (let run = 0; run < 2; run++) assert.equal((await readEvents(await post(20))).at(-1)?.type, "done");
  assert.equal((await readProblem(await post(20))).status, 429);
});

Deno.test("POST generate has no perplexity of completions whose probabilities the server keeps", async () => {
  const ppl = async (generator: string) => {
    const events = await readEvents(await app.post("/api/remote/generation/generate", { generator, params }));
    return events.flatMap((event) => event.type === "metric" ? [event.value !== undefined] : []);
  };
  assert.deepEqual(await ppl("ok"), [true]);
  assert.deepEqual(await ppl("silent"), [false]);
});

Deno.test("a server's fault has its own status before the first token, and ends the stream after it", async () => {
  const post = (generator: string) => app.post("/api/remote/generation/generate", { generator, params });
  for (const [generator, status] of [["key", 502], ["broken", 502], ["always_busy", 503]] as const) {
    assert.equal((await readProblem(await post(generator))).status, status);
  }
  const events = await readEvents(await post("error_inside"));
  assert.deepEqual(events.map(({ type }) => type).slice(-2), ["step", "error"]);
});

Deno.test("the key is on no page, in no answer and in no line of the log", async () => {
  const texts = [app.logged.join("\n")];
  for (const path of ["/remote/generation", "/remote/chat", "/api/app", "/api/ready"]) {
    texts.push(await (await app.fetch(path)).text());
  }
  for (const generator of BEHAVIOURS) {
    texts.push(await (await app.post("/api/remote/generation/generate", { generator, params })).text());
    texts.push(await (await app.post("/api/remote/generation/score", { generator, completion: "a" })).text());
    texts.push(await (await app.post("/api/remote/generation/next_token", { generator })).text());
  }
  texts.push(app.logged.join("\n"));
  for (const text of texts) assert.ok(!text.includes("canary"));
  await fake.close();
});
