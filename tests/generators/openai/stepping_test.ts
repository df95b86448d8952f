/** What a server has said is remembered as long as it is used, and no further than a bound. */
import assert from "node:assert/strict";
import { Client } from "../../../lib/generators/openai/client.ts";
import { Dialect } from "../../../lib/generators/openai/dialect.ts";
import { Stepping } from "../../../lib/generators/openai/stepping.ts";
import { TokenBook } from "../../../lib/generators/openai/token_book.ts";
import { PathError } from "../../../lib/lm/decode.ts";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import { write } from "../../../lib/generators/openai/writing.ts";
import { rankedAfter, startFakeOpenAi } from "../../rig/fake_openai.ts";

const STEP = { path: [], params: { ...DEFAULT_PARAMS, temperature: 0 }, offset: 0, limit: 5 };
/** Distributions that are remembered. */
const REMEMBERED = 64;

async function steppingOn(url: string) {
  const client = await Client.create({ baseUrl: new URL(url), key: undefined, timeoutMs: 60_000 });
  const book = new TokenBook();
  const dialect = new Dialect("fake", "completions", false);
  return { book, client, steps: new Stepping({ client, dialect, book, takesPrefill: true, isTempered: false }) };
}

Deno.test("Stepping remembers what was used last: who goes back to a prefix again and again asks for it once", async () => {
  const fake = startFakeOpenAi();
  const { client, steps } = await steppingOn(fake.url("no_key"));
  const asks = () => fake.seen.filter(({ body }) => body.prompt === "first prompt").length;
  await steps.at({ ...STEP, prompt: "first prompt" });
  for (let count = 1; count < 2 * REMEMBERED; count++) {
    await steps.at({ ...STEP, prompt: `another prompt, ${count}` });
    await steps.at({ ...STEP, prompt: "first prompt" });
  }
  assert.equal(asks(), 1);
  client.close();
  await fake.close();
});

Deno.test("Stepping tells a prompt as one token, and does not keep it", async () => {
  const fake = startFakeOpenAi();
  const { book, client, steps } = await steppingOn(fake.url("no_key"));
  const { prompt, path } = await steps.at({ ...STEP, prompt: "a long prompt", append: "a long text of one's own" });
  const [told] = prompt ?? [], [appended] = path;
  assert.equal(told?.text, "a long prompt");
  assert.equal(book.find(told.id), undefined);
  assert.equal(book.find(appended?.id ?? NaN)?.text, "a long text of one's own", "a step goes back to it by its id");
  client.close();
  await fake.close();
});

Deno.test("Stepping goes no path of ids that are another model's, and asks no server for them", async () => {
  const fake = startFakeOpenAi();
  const { book, client, steps } = await steppingOn(fake.url("no_key"));
  // Ids of a vocabulary; a length of one byte with a value of two; no whole number.
  for (const id of [17, 4242, 2 ** 40 + 999, 2.5]) {
    assert.equal(book.find(id), undefined);
    await assert.rejects(steps.at({ ...STEP, prompt: "a", path: [id] }), PathError);
  }
  assert.equal(fake.seen.length, 0);
  const { step } = await steps.at({ ...STEP, prompt: "a", path: [book.token("b").id] });
  assert.deepEqual(step.draw, { kind: "remote" }, "at temperature 0 too the server drew");
  client.close();
  await fake.close();
});

Deno.test("Stepping goes to no token that a server names by U+FFFD, which is none of its text, and lists each of them", async () => {
  const fake = startFakeOpenAi();
  const client = await Client.create({ baseUrl: new URL(fake.url("parts")), key: undefined, timeoutMs: 60_000 });
  const dialect = new Dialect("fake", "chat", false);
  const peer = { client, dialect, book: new TokenBook(), takesPrefill: true, isTempered: false };
  dialect.mostTop = 20;
  const prompt = promptBefore("\ufffd", dialect.mostTop);
  const { step } = await new Stepping(peer).at({ ...STEP, prompt, limit: 20 });
  const wanted = rankedAfter(`[user:${prompt}]`).slice(0, 20);
  assert.deepEqual(step.top.map(({ token, rank }) => [rank, token.text]), wanted.map(({ text }, at) => [at + 1, text]));
  const parts = step.top.filter(({ token }) => token.text === "\ufffd");
  assert.equal(parts.length, 2);
  const before = fake.seen.length;
  for (const { token } of parts) {
    await assert.rejects(new Stepping(peer).at({ ...STEP, prompt, path: [token.id] }), {
      name: "PathError",
      message: /the server does not tell its bytes/,
    });
    const request = { prompt, top: 4, path: [token.id], params: { ...DEFAULT_PARAMS, maxTokens: 2 } };
    await assert.rejects(Array.fromAsync(write(peer, request)), PathError);
  }
  assert.equal(fake.seen.length, before, "a server is asked for none");
  client.close();
  await fake.close();
});

/** A prompt after which both parts of a character are among the candidates. */
function promptBefore(text: string, top: number): string {
  const isSo = (prompt: string) =>
    rankedAfter(`[user:${prompt}]`).slice(0, top).filter((each) => each.text === text).length === 2;
  return Array.from({ length: 40 }, (_, length) => "a".repeat(length + 1)).find(isSo) ?? assert.fail("no such prompt");
}

Deno.test("TokenBook keeps the tokens used last, no more than a bound, and short ones without any", () => {
  const book = new TokenBook();
  const used = book.token("used again and again"), left = book.token("met once"), short = book.token("short");
  const long = "x".repeat(100_000);
  for (let count = 0; count < 50; count++) {
    book.token(`${count}${long}`);
    assert.equal(book.find(used.id), used);
  }
  assert.equal(book.find(left.id), undefined);
  assert.deepEqual(book.find(short.id), short);
  assert.equal(book.token("met once").id, left.id, "the same name as before");
});
