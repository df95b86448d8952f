/**
 * What the app adds to a server's own stream. Bars: first token ≤ +10 ms, each token ≤ +0.2 ms, and 50 streams at once
 * lose nothing. Rounds of the raw stream and of the app's alternate.
 */
import { defineModule, generation, openai, rows } from "../lib/mod.ts";
import { startFakeOpenAi } from "../tests/rig/fake_openai.ts";
import { rigApp } from "../tests/rig/rig_app.ts";

const TOKENS = 500, ROUNDS = 20, STREAMS = 50;
const fake = startFakeOpenAi();
const remote = defineModule({
  name: "remote",
  generators: { fake: openai({ model: "fake", baseUrl: fake.url("ok") }) },
  tasks: { copy: { dataset: { all: rows([{ text: "abc" }]) }, prompt: ({ text }) => text } },
  components: [generation()],
});
const app = await rigApp({ modules: [remote] });

interface Timing {
  readonly firstMs: number;
  readonly allMs: number;
  readonly text: string;
}

const raw = () =>
  time(fetch(`${fake.url("ok")}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "fake",
      stream: true,
      max_tokens: TOKENS,
      logprobs: true,
      top_logprobs: 10,
      messages: [{ role: "user", content: "abc" }],
    }),
  }));
const ours = () => time(app.post("/api/remote/generation/generate", { params: { max_tokens: TOKENS } }));

async function time(answer: Promise<Response>): Promise<Timing> {
  const startedMs = performance.now();
  let firstMs = 0, text = "";
  const decoder = new TextDecoder();
  for await (const chunk of (await answer).body ?? []) {
    const part = decoder.decode(chunk, { stream: true });
    if (firstMs === 0 && /"content":"[^"]|event: step/.test(part)) firstMs = performance.now() - startedMs;
    text += part;
  }
  return { firstMs, allMs: performance.now() - startedMs, text };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

for (const run of [raw, ours]) await run();
const rounds: { raw: Timing; ours: Timing }[] = [];
for (let round = 0; round < ROUNDS; round++) rounds.push({ raw: await raw(), ours: await ours() });
const firstMs = median(rounds.map(({ raw, ours }) => ours.firstMs - raw.firstMs));
const tokenMs = median(rounds.map(({ raw, ours }) => (ours.allMs - raw.allMs) / TOKENS));
const streams = await Promise.all(Array.from({ length: STREAMS }, ours));
const whole = streams.filter(({ text }) =>
  text.includes("event: done") && text.match(/event: step/g)?.length === TOKENS
);
console.log(`added to the first token: ${firstMs.toFixed(1)} ms (bar 10)`);
console.log(`added to each token: ${tokenMs.toFixed(3)} ms (bar 0.2)`);
console.log(`${STREAMS} streams at once: ${whole.length} whole`);
await fake.close();

Deno.bench("a stream of the app over a server's", { n: 1 }, async () => {});
