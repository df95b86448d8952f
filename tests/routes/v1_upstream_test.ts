/** /v1 of a module's own generator that asks a server: whose fault a failure is, and what the server says that it bills. */
import assert from "node:assert/strict";
import type { GeneratorSource } from "../../lib/generators/generator.ts";
import { defineModule, generation, openai, rows } from "../../lib/mod.ts";
import { startFakeOpenAi, UNSEEN } from "../rig/fake_openai.ts";
import { readEvents } from "../rig/read_events.ts";
import { rigApp } from "../rig/rig_app.ts";

const PROMPT = "abc", MAX_TOKENS = 5;
const BEHAVIOURS = ["ok", "thinking", "untold", "key", "broken", "always_busy", "error_inside"] as const;
const fake = startFakeOpenAi();

/** Models that are a server's alone are no models of /v1. */
function own(name: string): GeneratorSource {
  const server = openai({ model: "fake", baseUrl: fake.url(name), mode: "completions" });
  return { kind: "own", label: name, open: (options) => server.open(options) };
}

const module = defineModule({
  name: "own",
  generators: Object.fromEntries(BEHAVIOURS.map((name) => [name, own(name)])),
  tasks: { copy: { dataset: { all: rows([{ text: PROMPT }]) }, prompt: ({ text }) => text } },
  components: [generation()],
});
const { post, logged } = await rigApp({ modules: [module], servesApi: true });

function complete(name: typeof BEHAVIOURS[number], more: object = {}): Promise<Response> {
  return post("/v1/completions", { model: `own/${name}`, prompt: PROMPT, max_tokens: MAX_TOKENS, ...more });
}

/** The last object of a stream. */
async function lastOf(name: typeof BEHAVIOURS[number]) {
  const answer = await complete(name, { stream: true, stream_options: { include_usage: true } });
  const lines = (await answer.text()).split("\n").filter((line) => line.startsWith("data: {"));
  return JSON.parse(lines.at(-1)?.slice("data: ".length) ?? "");
}

Deno.test("/v1 tells a server's fault as the server's, with its words and its time to wait", async () => {
  const faults = [["key", 502, /API key/], ["broken", 502, /boom/], ["always_busy", 503, /Rate limit/]] as const;
  for (const [name, status, words] of faults) {
    const answer = await complete(name);
    const { error } = await answer.json();
    assert.deepEqual([answer.status, error.type], [status, "server_error"], name);
    assert.match(error.message, words);
    assert.equal(answer.headers.has("retry-after"), name === "always_busy", name);
  }
  assert.match((await lastOf("error_inside")).error.message, /the engine died/);
  assert.ok(!logged.some((line) => line.includes('"failure"')), "none is a fault of the app");
});

Deno.test("/v1 tells the tokens that a server says it bills, and nothing where it says nothing", async () => {
  const of = (completion: number) => ({
    prompt_tokens: PROMPT.length,
    completion_tokens: completion,
    total_tokens: PROMPT.length + completion,
  });
  for (const [name, usage] of [["ok", of(MAX_TOKENS)], ["thinking", of(MAX_TOKENS + UNSEEN)]] as const) {
    assert.deepEqual((await (await complete(name)).json()).usage, usage, name);
    assert.deepEqual((await lastOf(name)).usage, usage, name);
  }
  const whole = await (await complete("untold")).json();
  assert.deepEqual([whole.choices.length, whole.usage], [1, undefined]);
  assert.equal((await lastOf("untold")).usage, null);
});

Deno.test("a run of a server that tells no usage ends without a number of prompt tokens", async () => {
  const usageOf = async (generator: string) => {
    const answer = await post("/api/own/generation/generate", { generator, params: { max_tokens: MAX_TOKENS } });
    return (await readEvents(answer)).flatMap((event) => event.type === "finish" ? [event.usage] : []);
  };
  assert.deepEqual(await usageOf("ok"), [{ promptTokens: PROMPT.length, completionTokens: MAX_TOKENS }]);
  assert.deepEqual(await usageOf("untold"), [{ completionTokens: MAX_TOKENS }]);
});
