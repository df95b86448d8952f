/** A generator over llama.cpp's own server: generation, 20 steps and a scored target, each number the server's own. */
import assert from "node:assert/strict";
import { openai } from "../../lib/mod.ts";
import type { Generator } from "../../lib/generators/generator.ts";
import { DEFAULT_PARAMS } from "../../lib/lm/params.ts";
import { peerTest, preparePeers } from "./prepare.ts";
import { endOf } from "../rig/ends.ts";

const ROOT = new URL("../../", import.meta.url);
const PROMPT = "a cat and a dog";
const TOP = 5;
const peers = await preparePeers(["gguf", "llama-cpp-python"]);

interface Served {
  readonly choices: readonly {
    readonly text: string;
    readonly logprobs: {
      readonly tokens: readonly string[];
      readonly token_logprobs: readonly (number | null)[];
      readonly top_logprobs: readonly (Readonly<Record<string, number>> | null)[];
    };
  }[];
}

peerTest("llama.cpp's server says what we show of it", peers, async (python) => {
  await using server = await startServer(python);
  const ask = async (body: object): Promise<Served["choices"][number]> => {
    const response = await fetch(`${server.baseUrl}/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "tiny", ...body }),
    });
    const served: Served = await response.json();
    return served.choices[0] ?? assert.fail("no choice");
  };
  const source = openai({ model: "tiny", baseUrl: server.baseUrl, mode: "completions" });
  const generator = await source.open({ baseUrl: ROOT, rootUrl: ROOT, cacheDir: ".tmp" });
  const greedy = { ...DEFAULT_PARAMS, temperature: 0, maxTokens: 20 };

  const own = await ask({ prompt: PROMPT, max_tokens: 20, temperature: 0, logprobs: TOP });
  const { text, logprobs } = await generate(generator, greedy);
  assert.equal(text, own.text);
  assertClose(logprobs, own.logprobs.token_logprobs.slice(0, logprobs.length));

  let path: number[] = [];
  for (let step = 0; step < 20; step++) {
    const next = await generator.next?.({ prompt: PROMPT, path, params: greedy, offset: 0, limit: TOP }) ??
      assert.fail();
    const prefix = PROMPT + next.path.map((token) => token.text).join("");
    const served = await ask({ prompt: prefix, max_tokens: 1, temperature: 0, logprobs: TOP });
    const wanted = Object.values(served.logprobs.top_logprobs[0] ?? {}).toSorted((a, b) => b - a).slice(0, TOP);
    assertClose(next.step.top.slice(0, TOP).map(({ logprob }) => logprob), wanted);
    path = [...path, next.step.top[0]?.token.id ?? assert.fail("no candidate")];
  }

  const target = " bed";
  const echoed = await ask({ prompt: PROMPT + target, max_tokens: 1, echo: true, temperature: 1, logprobs: TOP });
  const scored = await generator.score?.({ prompt: PROMPT, completion: target, top: TOP }) ?? assert.fail("no scoring");
  const first = echoed.logprobs.tokens.length - 1 - scored.length;
  assertClose(scored.map(({ logprob }) => logprob), echoed.logprobs.token_logprobs.slice(first, first + scored.length));
  await generator.close();
});

async function generate(
  generator: Generator,
  params: typeof DEFAULT_PARAMS,
): Promise<{ text: string; logprobs: number[] }> {
  const logprobs: number[] = [];
  let text = "";
  for await (const event of generator.generate({ prompt: PROMPT, params, top: TOP })) {
    if (event.type === "step") logprobs.push(event.logprob ?? NaN);
    if (event.type === "finish") text = event.text;
  }
  return { text, logprobs };
}

function assertClose(ours: readonly number[], theirs: readonly (number | null)[]): void {
  assert.equal(ours.length, theirs.length);
  assert.ok(ours.length > 0);
  for (const [index, value] of ours.entries()) {
    assert.ok(Math.abs(value - (theirs[index] ?? NaN)) < 1e-4, `${index}: ${value} and ${theirs[index]}`);
  }
}

/** The server with a tiny random model, on a free port of this machine. */
async function startServer(python: string): Promise<{ baseUrl: string } & AsyncDisposable> {
  const folder = await Deno.makeTempDir();
  const model = `${folder}/tiny.gguf`;
  const maker = new URL("tools/peers/make_gguf.py", ROOT).pathname;
  const made = await new Deno.Command(python, { args: [maker, model] }).output();
  assert.ok(made.success, new TextDecoder().decode(made.stderr));
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const args = ["-m", "llama_cpp.server", "--model", model, "--host", "127.0.0.1", "--port", String(port)];
  const child = new Deno.Command(python, {
    args: [...args, "--logits_all", "true", "--n_ctx", "256"],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  await answers(`${baseUrl}/models`);
  return {
    baseUrl,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await endOf(child);
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function answers(url: string): Promise<void> {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline;) {
    try {
      const response = await fetch(url);
      await response.body?.cancel();
      if (response.ok) return;
    } catch {
      // It does not listen yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert.fail(`${url} does not answer`);
}
