/** Usage, echo and offsets of /v1/completions, against a table that goes on through the alphabet. */
import assert from "node:assert/strict";
import { type RigApp, rigApp } from "../rig/rig_app.ts";

const GREEDY = { model: "rig/table", temperature: 0 };

interface Choice {
  readonly text: string;
  readonly index: number;
  readonly logprobs: { readonly tokens: string[]; readonly text_offset: number[] } | null;
}

async function ask({ post }: RigApp, body: object) {
  const answer = await post("/v1/completions", { ...GREEDY, ...body });
  const { choices = [], usage, error }: {
    choices?: readonly Choice[];
    usage?: object;
    error?: { param: string; message: string };
  } = await answer.json();
  return { status: answer.status, texts: choices.map(({ text }) => text), choices, usage, error };
}

/** The same as a stream: the text and the offsets of the first choice, and the usage. */
async function stream({ post }: RigApp, body: object) {
  const options = { stream: true, stream_options: { include_usage: true } };
  const answer = await post("/v1/completions", { ...GREEDY, ...body, ...options });
  const lines = (await answer.text()).split("\n").filter((line) => line.startsWith("data: {"));
  const chunks = lines.map((line): { choices: Choice[]; usage?: object } => JSON.parse(line.slice("data: ".length)));
  const pieces = chunks.flatMap(({ choices }) => choices).filter(({ index }) => index === 0);
  return {
    text: pieces.map(({ text }) => text).join(""),
    offsets: pieces.flatMap(({ logprobs }) => logprobs?.text_offset ?? []),
    usage: chunks.at(-1)?.usage,
  };
}

function usage(prompt: number, completion: number) {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

Deno.test("an echoed prompt counts as a prompt and every token after it as the completion's, whole and streamed", async () => {
  const rig = await rigApp({ servesApi: true });
  for (const logprobs of [null, 1]) {
    const body = { prompt: "abc", echo: true, max_tokens: 3, logprobs };
    const whole = await ask(rig, body);
    assert.deepEqual([whole.texts, whole.usage], [["abcdef"], usage(3, 3)], `logprobs ${logprobs}`);
    const streamed = await stream(rig, body);
    assert.deepEqual([streamed.text, streamed.usage], ["abcdef", usage(3, 3)], `logprobs ${logprobs}, streamed`);
  }
  const many = await ask(rig, { prompt: ["abc", "k"], echo: true, max_tokens: 2, n: 2 });
  assert.deepEqual([many.texts, many.usage], [["abcde", "abcde", "klm", "klm"], usage(4, 8)]);
});

Deno.test("without a token to write, the prompt's tokens are counted all the same", async () => {
  const rig = await rigApp({ servesApi: true });
  for (const echo of [true, false]) {
    const body = { prompt: "abc", echo, max_tokens: 0 }, text = echo ? "abc" : "";
    const whole = await ask(rig, body);
    assert.deepEqual([whole.texts, whole.usage], [[text], usage(3, 0)], `echo ${echo}`);
    const streamed = await stream(rig, body);
    assert.deepEqual([streamed.text, streamed.usage], [text, usage(3, 0)], `echo ${echo}, streamed`);
  }
});

Deno.test("token ids are echoed as their text with logprobs and without, where the model can name them", async () => {
  const rig = await rigApp({ servesApi: true });
  // 27 and 28 are the two bytes of "é".
  const body = { prompt: [[0, 1, 2], [16, 27, 28], [7]], echo: true, max_tokens: 0 };
  for (const logprobs of [null, 0]) {
    const { texts, usage: told } = await ask(rig, { ...body, logprobs });
    assert.deepEqual([texts, told], [["abc", "qé", "h"], usage(7, 0)], `logprobs ${logprobs}`);
  }
  const outside = await ask(rig, { ...body, prompt: [99] });
  assert.equal(outside.status, 400);
  assert.match(outside.error?.message ?? "", /token id 99/);
  const mute = await ask(rig, { ...body, model: "rig/mute" });
  assert.deepEqual([mute.status, mute.error?.param], [400, "prompt"]);
  assert.match(mute.error?.message ?? "", /^Cannot echo token ids: this model cannot score a text/);
});

Deno.test("a stream gives the offsets of the whole, also of tokens whose text is held back for a stop text", async () => {
  const rig = await rigApp({ servesApi: true });
  // After "y" come "z", " ", the two bytes of "é", and "a"; "z" may be the stop text's beginning.
  const cases = [
    [{ prompt: "y", max_tokens: 5, stop: ["z!"] }, [0, 1, 2, 2, 3]],
    [{ prompt: "abc", max_tokens: 4, stop: ["dex"] }, [0, 1, 2, 3]],
    [{ prompt: "abc", max_tokens: 4, stop: ["dex"], echo: true }, [0, 1, 2, 3, 4, 5, 6]],
  ] as const;
  for (const [request, offsets] of cases) {
    const body = { ...request, logprobs: 1 };
    assert.deepEqual((await ask(rig, body)).choices[0]?.logprobs?.text_offset, offsets);
    assert.deepEqual((await stream(rig, body)).offsets, offsets, "streamed");
  }
});

Deno.test("a param that is null is one that was left out", async () => {
  const rig = await rigApp({ servesApi: true });
  const names = ["top_p", "top_k", "min_p", "repetition_penalty", "frequency_penalty", "presence_penalty", "seed", "n"];
  const nulls = Object.fromEntries([...names, "logit_bias", "user", "stop"].map((name) => [name, null]));
  const whole = await ask(rig, { prompt: "abc", max_tokens: 2, ...nulls });
  assert.deepEqual([whole.texts, whole.usage], [["de"], usage(3, 2)]);
  const warm = await ask(rig, { prompt: "abc", max_tokens: 2, temperature: null });
  assert.equal(warm.status, 200);
});

Deno.test("a stop text by itself is checked as one of a list is", async () => {
  const rig = await rigApp({ servesApi: true });
  for (const text of ["", "x".repeat(100_000)]) {
    for (const [stop, field] of [[text, "stop"], [[text], "stop.0"]]) {
      const { status, error } = await ask(rig, { prompt: "a", max_tokens: 1, stop });
      assert.deepEqual([status, error?.param], [400, field]);
      assert.match(error?.message ?? "", /must be at most \d+ texts of 1 to \d+ characters/);
    }
  }
  const stopped = await ask(rig, { prompt: "abc", max_tokens: 9, stop: "f" });
  assert.deepEqual(stopped.texts, ["de"]);
});
