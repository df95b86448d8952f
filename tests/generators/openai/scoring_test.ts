/** Which of a server's tokens are a completion: those that lie along its text, whatever the server says of places. */
import assert from "node:assert/strict";
import { Client } from "../../../lib/generators/openai/client.ts";
import { Dialect } from "../../../lib/generators/openai/dialect.ts";
import { scoreText } from "../../../lib/generators/openai/scoring.ts";
import { TokenBook } from "../../../lib/generators/openai/token_book.ts";
import { UpstreamError } from "../../../lib/generators/openai/upstream_error.ts";
import { serveLoopback } from "../../rig/loopback.ts";

interface Ask {
  readonly prompt: string;
  readonly completion: string;
  readonly top?: number;
  readonly mostTop?: number;
}

/** What is scored by a server of one answer: each token with its logprob. */
async function score(way: "echo" | "prompt_logprobs", answer: object, { prompt, completion, top = 1, mostTop }: Ask) {
  const server = serveLoopback(async (request) => {
    const body = await request.json();
    return Number(body.prompt_logprobs ?? 0) > (mostTop ?? 20)
      ? Response.json({ error: { message: `at most ${mostTop} prompt_logprobs` } }, { status: 400 })
      : Response.json(answer);
  });
  const baseUrl = new URL(`${server.origin}/v1`);
  const client = await Client.create({ baseUrl, key: undefined, timeoutMs: 60_000 });
  try {
    const dialect = new Dialect("fake", "completions", false);
    if (mostTop !== undefined) dialect.mostTop = mostTop;
    const peer = { client, dialect, book: new TokenBook(), takesPrefill: true, isTempered: false };
    return await scoreText(peer, way, { prompt, completion, top });
  } finally {
    client.close();
    await server.close();
  }
}

/** The token at place i has the logprob −i; offsets are the sums of lengths that servers of this API tell. */
function echoOf(tokens: readonly string[], more: object = {}) {
  let at = 0;
  const offsets = tokens.map((token) => (at += [...token].length) - [...token].length);
  const logprobs = {
    tokens,
    token_logprobs: tokens.map((_, place) => place === 0 ? null : -place),
    top_logprobs: tokens.map((token, place) => place === 0 ? null : { [token]: -place }),
    text_offset: offsets,
    ...more,
  };
  return { choices: [{ index: 0, text: tokens.join(""), logprobs }] };
}

function promptLogprobsOf(tokens: readonly string[]) {
  const place = (token: string, id: number) =>
    id === 0 ? null : { [id]: { logprob: -id, rank: 1, decoded_token: token } };
  return { choices: [{ prompt_logprobs: tokens.map(place), prompt_token_ids: tokens.map((_, id) => id) }] };
}

const ECHOES: readonly (readonly [
  what: string,
  tokens: readonly string[],
  prompt: string,
  completion: string,
  from: number,
  count: number,
])[] = [
  [
    "a special token before the text",
    ["<|begin_of_text|>", "The", " cat", " is", " sat", " down", "."],
    "The cat is",
    " sat down",
    4,
    2,
  ],
  ["a special token and a space before it", ["<s>", " The", " cat", " sat", "."], "The cat", " sat", 3, 1],
  ["two tokens that are one's own text", ["<s>", "<s>", "a", "b", "."], "<s>a", "b", 3, 1],
  ["tokens without their space", ["Once", "there", "was", "Lily", "."], "Once there was", " Lily", 3, 1],
  ["a token that is a space", ["a", " ", " b", "c"], "a", "  b", 1, 2],
  ["parts of characters", ["Hi", " ", "bytes:\\xf0\\x9f\\x98", "bytes:\\x80", " ok", "."], "Hi 😀", " ok", 4, 1],
  ["parts of the completion's character", ["Hi", "bytes:\\xf0\\x9f\\x98", "bytes:\\x80", "."], "Hi", "😀", 1, 2],
  ["parts without text before their character", ["Hi", "", "", "😀", "."], "Hi", "😀", 1, 3],
  ["a token across the border", ["Hi", " there", "."], "Hi th", "ere", 1, 1],
];

for (const [what, tokens, prompt, completion, from, count] of ECHOES) {
  Deno.test(`scoreText() scores the completion's own tokens where a server echoes ${what}`, async () => {
    for (const more of [{}, { text_offset: undefined }]) {
      const scored = await score("echo", echoOf(tokens, more), { prompt, completion });
      const wanted = Array.from({ length: count }, (_, index) => -from - index);
      assert.deepEqual(scored.map(({ logprob }) => logprob), wanted);
    }
  });
}

const LISTS: readonly (readonly [
  what: string,
  tokens: readonly string[],
  prompt: string,
  completion: string,
  from: number,
  count: number,
])[] = [
  ["a special token first", ["<s>", "The", " cat", " sat"], "The cat", " sat", 3, 1],
  ["a first token that it does not name", ["The", " cat", " sat"], "The cat", " sat", 2, 1],
  [
    "tokens without their space",
    ["The", "quick", "red", "fox", "runs", "far"],
    "The quick red fox",
    " runs far",
    4,
    2,
  ],
  ["tokens without their space after a prompt of one", ["The", "quick", "red"], "The", " quick red", 1, 2],
  ["parts without text before their character", ["A", " cat", "", "", "😀", " x"], "A cat", "😀 x", 2, 4],
];

for (const [what, tokens, prompt, completion, from, count] of LISTS) {
  Deno.test(`scoreText() scores the completion's own tokens where prompt_logprobs has ${what}`, async () => {
    const scored = await score("prompt_logprobs", promptLogprobsOf(tokens), { prompt, completion });
    const wanted = Array.from({ length: count }, (_, index) => -from - index);
    assert.deepEqual(scored.map(({ logprob }) => logprob), wanted);
  });
}

Deno.test("scoreText() refuses tokens that do not add up to the text, whatever the server says of their places", async () => {
  const isRefusal = (error: unknown) =>
    error instanceof UpstreamError && error.isOfText && /its tokens do not add up to the text/.test(error.message);
  const ask = { prompt: "A cat", completion: "B😀 x" };
  const tokens = ["A", " cat", "B", "\ufffd", "\ufffd", "\ufffd", " x"];
  await assert.rejects(score("echo", echoOf(tokens), ask), isRefusal);
  await assert.rejects(score("echo", echoOf(tokens, { text_offset: undefined }), ask), isRefusal);
  await assert.rejects(score("prompt_logprobs", promptLogprobsOf(tokens), ask), isRefusal);
  await assert.rejects(score("echo", echoOf(["A", " cat"]), { prompt: "A cat", completion: " sat" }), isRefusal);
  await assert.rejects(
    score("echo", echoOf(["It", " cat", " sat"]), { prompt: "A cat", completion: " sat" }),
    isRefusal,
  );
});

Deno.test("scoreText() tells a least rank as such where the server gives fewer candidates than are wanted", async () => {
  const five = { a: -1, b: -2, c: -2.1, d: -2.2, e: -2.3 };
  const echo = echoOf(["x", "z"], { token_logprobs: [null, -9], top_logprobs: [null, { ...five, z: -9 }] });
  for (const top of [5, 10]) {
    const [scored] = await score("echo", echo, { prompt: "x", completion: "z", top, mostTop: 5 });
    assert.deepEqual([scored?.rank, scored?.evidence?.isRankLeast], [6, true], `top ${top}`);
  }
});

Deno.test("scoreText() asks prompt_logprobs for no more candidates than the server gives", async () => {
  const five = [-1, -2, -2.1, -2.2, -2.3].map((logprob, id) => [id + 2, { logprob, decoded_token: `${id}` }]);
  const own = [1, { logprob: -9, rank: 7, decoded_token: "z" }];
  const places = [null, Object.fromEntries([...five, own])];
  const answer = { choices: [{ prompt_logprobs: places, prompt_token_ids: [0, 1] }] };
  for (const top of [5, 10]) {
    const [scored] = await score("prompt_logprobs", answer, { prompt: "x", completion: "z", top, mostTop: 5 });
    assert.deepEqual([scored?.rank, scored?.evidence?.kind], [7, "bounded"], `top ${top}`);
  }
});

Deno.test("scoreText() tells of a token without a probability as of the text's fault", async () => {
  const echo = echoOf(["x", "z"], { token_logprobs: [null, null], top_logprobs: [null, null] });
  await assert.rejects(score("echo", echo, { prompt: "x", completion: "z" }), {
    name: "UpstreamError",
    message: /gave no probability of "z"/,
    isOfText: true,
  });
});
