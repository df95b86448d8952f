/** What requests spend at a server that bills tokens, counted against the caps whoever sends them. */
import assert from "node:assert/strict";
import { button, component, defineModule, generation, nextToken, openai, rows, text } from "../../lib/mod.ts";
import { Budget, type BudgetLimits, type CounterStore } from "../../lib/server/admission/budget.ts";
import { startFakeOpenAi, UNSEEN } from "../rig/fake_openai.ts";
import { MemoryCounters } from "../rig/memory_counters.ts";
import { readEvents } from "../rig/read_events.ts";
import { rigApp } from "../rig/rig_app.ts";

const fake = startFakeOpenAi();
const BEHAVIOURS = ["ok", "silent", "thinking", "one", "no_done"] as const;
const PAGE = "/api/remote/page/elements";
const GENERATE = "/api/remote/generation/generate";
const SCORE = "/api/remote/generation/score";
/** The server's model has a token for each byte, of the turn "[user:abc]" too. */
const PROMPT = 10;
const TOKENS = 6;
/** Of the text "abc" at most, where no server tells: a token for every byte, and what may stand around it. */
const MOST = 3 + 64;

function served(behaviour: string, mode: "chat" | "completions" = "chat") {
  return openai({ model: "fake", baseUrl: fake.url(behaviour), apiKeyEnv: "RIG_KEY", mode });
}

const remote = defineModule({
  name: "remote",
  generators: {
    ...Object.fromEntries(BEHAVIOURS.map((name) => [name, served(name)])),
    text: served("ok", "completions"),
    vllm: served("no_echo", "completions"),
  },
  tasks: { copy: { dataset: { all: rows([{ text: "abc" }]) }, prompt: ({ text }) => text } },
  components: [
    generation(),
    nextToken(),
    component("Page", ({ generator }) => {
      const told = text("");
      const params = { maxTokens: TOKENS };
      const write = button("Write", { name: "write" }, async () => {
        told.set((await generator("ok").generate("abc", { params })).join());
      });
      return [write, told];
    }),
  ],
});

/** The app with caps, and what was counted against them by client; "" stands for all together. */
async function cappedApp(limits: BudgetLimits) {
  const kept = new MemoryCounters();
  const spent = new Map<string, number>();
  const store: CounterStore = {
    async add(key, amount, limit, lifetimeMs) {
      const isAdded = await kept.add(key, amount, limit, lifetimeMs);
      const [kind, client = ""] = key;
      if (isAdded && kind === "tokens") spent.set(client, (spent.get(client) ?? 0) + amount);
      return isAdded;
    },
  };
  const env = (name: string) => name === "RIG_KEY" ? "sk-canary-0123456789abcdef" : undefined;
  return { app: await rigApp({ modules: [remote], budget: new Budget(limits, store), env }), spent };
}

/** What the run of a body spends, and its events. */
async function spend(
  body: { readonly generator: string; readonly params?: object; readonly path?: readonly number[] },
) {
  const { app, spent } = await cappedApp({ tokensPerDay: 100_000 });
  const post = async (sent: typeof body) =>
    await readEvents(await app.post(GENERATE, { ...sent, params: { max_tokens: TOKENS, seed: 1, ...sent.params } }));
  const events = await post(body);
  return { events, post, spent: () => spent.get("") };
}

const RUNS = [
  { what: "a run", generator: "ok", n: 1, tokens: PROMPT + TOKENS },
  { what: "a run without probabilities", generator: "silent", n: 1, tokens: PROMPT + TOKENS },
  { what: "tokens of reasoning that nobody sees", generator: "thinking", n: 1, tokens: PROMPT + TOKENS + UNSEEN },
  { what: "those of two completions", generator: "thinking", n: 2, tokens: PROMPT + 2 * (TOKENS + UNSEEN) },
  { what: "three completions of one request", generator: "ok", n: 3, tokens: PROMPT + 3 * TOKENS },
  { what: "three completions of three requests", generator: "one", n: 3, tokens: 3 * (PROMPT + TOKENS) },
  { what: "all that a run may take that was cut off", generator: "no_done", n: 1, tokens: MOST + TOKENS },
] as const;

for (const { what, generator, n, tokens } of RUNS) {
  Deno.test(`the caps count what the server bills: ${what}`, async () => {
    const { spent } = await spend({ generator, params: { n } });
    assert.equal(spent(), tokens);
  });
}

Deno.test("tokens that a run was given are part of its prompt, none that it writes, and cost nothing where none follows", async () => {
  const { events, post, spent } = await spend({ generator: "ok", params: { max_tokens: 1 } });
  const [step] = events.flatMap((event) => event.type === "step" ? [event] : []);
  assert.ok(step !== undefined);
  const before = spent() ?? 0;
  await post({ generator: "ok", path: [step.token.id] });
  const written = TOKENS - 1;
  assert.equal((spent() ?? 0) - before, PROMPT + step.token.bytes.length + written);
  const after = spent();
  await post({ generator: "ok", path: [step.token.id], params: { max_tokens: 1 } });
  assert.equal(spent(), after);
});

Deno.test("a step is billed once, and what is remembered of it never", async () => {
  const { app, spent } = await cappedApp({ tokensPerDay: 1000 });
  for (let step = 0; step < 2; step++) {
    assert.equal((await app.post("/api/remote/next-token/next_token", { generator: "text", path: [] })).status, 200);
    assert.equal(spent.get(""), "abc".length + 1);
  }
});

for (const generator of ["text", "vllm"]) {
  Deno.test(`a score is billed as its text, and the token that servers write after it: ${generator}`, async () => {
    const { app, spent } = await cappedApp({ tokensPerDay: 1000 });
    assert.equal((await app.post(SCORE, { generator, completion: "bcd" })).status, 200);
    assert.equal(spent.get(""), "abcbcd".length + 1);
  });
}

Deno.test("what a developer's page spends is counted too, for the client who uses it, whatever page it opens", async () => {
  const { app, spent } = await cappedApp({ tokensPerDay: 1000, clientTokensPerDay: 1000 });
  await readEvents(await app.post(GENERATE, { generator: "ok", params: { max_tokens: TOKENS } }));
  for (let page = 0; page < 2; page++) {
    const { session } = await (await app.fetch(PAGE)).json();
    await (await app.post(`${PAGE}/write`, { session })).text();
  }
  assert.deepEqual([...spent.values()], [3 * (PROMPT + TOKENS), 3 * (PROMPT + TOKENS)], [...spent.keys()].join());
});

Deno.test("a developer's page is told of a cap as of any refusal, which is no fault for the log", async () => {
  const { app, spent } = await cappedApp({ tokensPerDay: TOKENS });
  const { session } = await (await app.fetch(PAGE)).json();
  const answer = await (await app.post(`${PAGE}/write`, { session })).text();
  assert.match(answer, /"status":"failed".*"title":"Budget exhausted","status":429,"detail":"Cannot ask the model/);
  assert.equal(spent.get("") ?? 0, 0);
  assert.ok(!app.logged.some((line) => line.includes('"failure"')), app.logged.join());
});
