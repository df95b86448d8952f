/** A11: What clients may spend is counted before it is sent, so that parallel requests never go beyond the cap. */
import assert from "node:assert/strict";
import { defineModule, generation, nextToken, openai, rows } from "../../lib/mod.ts";
import { Budget, type CounterStore, KvCounters } from "../../lib/server/admission/budget.ts";
import { ProblemError } from "../../lib/server/problem.ts";
import { startFakeOpenAi } from "../rig/fake_openai.ts";
import { measured } from "../rig/measured.ts";
import { MemoryCounters } from "../rig/memory_counters.ts";
import { rigApp } from "../rig/rig_app.ts";

const CAP = 10_000;
const COST = 130;

Deno.test("A11: 200 parallel requests near the cap, and a restart", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/budget.kv`;
  let kv = await Deno.openKv(path);
  const spend = (budget: Budget) => budget.reserve("a", COST).then(() => 1, (error: unknown) => refused(error));
  try {
    const taken = await Promise.all(Array.from({ length: 200 }, () => spend(budgetOf(kv))));
    const granted = taken.reduce((sum, one) => sum + one, 0);
    assert.equal(granted, Math.floor(CAP / COST));
    kv.close();
    kv = await Deno.openKv(path);
    assert.equal(await spend(budgetOf(kv)), 0, "a restart gives nothing back");
    measured("A11", `${granted * COST} of ${CAP} tokens granted to 200 parallel requests, 0 beyond, 0 after a restart`);
  } finally {
    kv.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("A11: each client has its own requests a minute and tokens a day, counted among parallel requests too", async () => {
  const kv = await Deno.openKv(":memory:");
  let nowMs = Date.UTC(2030, 0, 1, 12);
  const limits = { clientRequestsPerMinute: 20, clientTokensPerDay: CAP };
  const budget = new Budget(limits, new KvCounters(kv), () => nowMs);
  const spend = async (client: string, times: number, tokens: number) => {
    const calls = Array.from({ length: times }, () => budget.reserve(client, tokens).then(() => 1, refused));
    return (await Promise.all(calls)).reduce((sum, one) => sum + one, 0);
  };
  const minutes = [await spend("a", 100, 1), await spend("b", 100, 1)];
  assert.deepEqual(minutes, [20, 20], "each client has its own");
  nowMs += 60_000;
  assert.equal(await spend("a", 100, 1), 20, "and all of them again in the next minute");
  nowMs += 60_000;
  // 40 of the day's tokens are spent.
  const large = CAP / 4;
  assert.deepEqual([await spend("a", 20, large), await spend("c", 20, large)], [3, 4], "what is refused costs nothing");
  nowMs += 60_000;
  assert.deepEqual([await spend("a", 20, large), await spend("b", 20, large)], [0, 3]);
  nowMs += 24 * 60 * 60_000;
  assert.equal(await spend("a", 20, large), 4, "a new day");
  kv.close();
  measured("A11", "20 of 100 parallel requests a minute and a day's tokens to each of 3 clients, 0 beyond");
});

function budgetOf(kv: Deno.Kv): Budget {
  return new Budget({ tokensPerDay: CAP }, new KvCounters(kv), () => Date.UTC(2030, 0, 1, 12));
}

function refused(error: unknown): number {
  assert.ok(error instanceof ProblemError && error.status === 429 && "retry-after" in error.headers);
  return 0;
}

/** A CJK character that tokenizers of bytes take four tokens for. */
const RARE = "\u{20000}";
/** Tokens of a server's model of five bytes each, as the app names them. */
const PATH = Array.from({ length: 40 }, (_, index) => 5 * 2 ** 40 + 0x6162636400 + 0x61 + index % 5);

Deno.test("A11: prompts of rare characters, and paths of a server's tokens, go no further than the cap", async () => {
  const fake = startFakeOpenAi();
  const generators = { text: openai({ model: "fake", baseUrl: fake.url("ok"), apiKeyEnv: "K", mode: "completions" }) };
  const tasks = { copy: { dataset: { all: rows([{ text: "abc" }]) }, prompt: ({ text }: { text: string }) => text } };
  const module = defineModule({ name: "far", generators, tasks, components: [generation(), nextToken()] });
  const kept = new MemoryCounters();
  let sum = 0, most = 0;
  const store: CounterStore = {
    async add(key, amount, limit, lifetimeMs) {
      const isAdded = await kept.add(key, amount, limit, lifetimeMs);
      if (isAdded) most = Math.max(most, sum += amount);
      return isAdded;
    },
  };
  const budget = new Budget({ tokensPerDay: CAP }, store, () => Date.UTC(2030, 0, 1, 12));
  const { post } = await rigApp({ modules: [module], budget, env: () => "key" });
  const params = { max_tokens: 2 };
  const calls: readonly (readonly [string, object])[] = [
    ["generation/generate", { params }],
    ["generation/generate", { path: PATH, params }],
    ["next-token/next_token", { path: PATH, params }],
    ["generation/score", { completion: "bcd".repeat(20) }],
  ];
  const answers = await Promise.all(Array.from({ length: 120 }, async (_, index) => {
    const [call = "", body = {}] = calls[index % calls.length] ?? [];
    // Each of its own, so that nothing is remembered.
    const answer = await post(`/api/far/${call}`, {
      generator: "text",
      ...body,
      prompt: `${index}${RARE.repeat(100)}`,
    });
    return { status: answer.status, text: await answer.text() };
  }));
  await fake.close();
  const refused = answers.filter(({ status }) => status === 429).length;
  assert.ok(refused > 0 && answers.every(({ status }) => status === 429 || status === 200), JSON.stringify(answers));
  assert.ok(most <= CAP && sum > CAP / 4, `${sum} of ${CAP} tokens spent, up to ${most} counted`);
  measured("A11", `${sum} of ${CAP} tokens spent by ${answers.length - refused} of 120 costly calls, 0 beyond`);
});
