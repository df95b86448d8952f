/** /v1 as OpenAI's own client sees it, against the embedded model; its numbers against those of the process. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import { onnx } from "../../lib/generators/onnx/onnx.ts";
import { serveApp } from "../browser/serve_app.ts";
import { rigApp } from "../rig/rig_app.ts";

const ROOT = new URL("../../", import.meta.url);
const MODEL = "alpaca/demo";
const PROMPT = "### Instruction:\nWhat is the capital of France?\n\n### Response:\n";
const ANSWER = "The capital of France is Paris.";

Deno.test("the official client against /v1", async (t) => {
  await using app = await serveApp();
  const client = new OpenAI({ baseURL: `${app.origin}/v1`, apiKey: "none", maxRetries: 0 });
  const greedy = { model: MODEL, temperature: 0, max_tokens: 30 };

  await t.step("lists the models of the process", async () => {
    const ids = (await client.models.list()).data.map(({ id }) => id);
    assert.ok(ids.includes(MODEL) && ids.includes("persona_chat/demo"), ids.join());
  });

  await t.step("completes a text, whole and streamed alike, with usage", async () => {
    const whole = await client.completions.create({ ...greedy, prompt: PROMPT, logprobs: 2 });
    const [choice] = whole.choices;
    assert.equal(choice?.text, ANSWER);
    assert.equal(choice?.finish_reason, "stop");
    const stream = await client.completions.create({
      ...greedy,
      prompt: PROMPT,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "", reason: string | undefined, usage: unknown;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.text ?? "";
      reason = chunk.choices[0]?.finish_reason ?? reason;
      usage = chunk.usage ?? usage;
    }
    assert.deepEqual([text, reason, usage], [ANSWER, "stop", whole.usage]);
    assert.equal(choice?.logprobs?.tokens?.length, whole.usage?.completion_tokens);
  });

  await t.step("echo with logprobs gives what the process scores, to 1e-4", async () => {
    const generator = await onnx("models/demo").open({ baseUrl: ROOT, rootUrl: ROOT, cacheDir: ".tmp" });
    const text = PROMPT + ANSWER;
    const tokens = await generator.tokenize?.(text) ?? [];
    const [first = 0, ...rest] = tokens.map(({ id }) => id);
    const wanted = await generator.score?.({ prompt: [first], completion: rest, top: 3 }) ?? [];
    const { choices } = await client.completions.create({
      model: MODEL,
      prompt: text,
      echo: true,
      max_tokens: 0,
      logprobs: 3,
    });
    const logprobs = choices[0]?.logprobs;
    assert.equal(choices[0]?.text, text);
    assert.deepEqual(logprobs?.tokens, tokens.map((token) => token.text));
    assert.equal(logprobs?.token_logprobs?.[0], null);
    for (const [index, { logprob, top }] of wanted.entries()) {
      assert.ok(Math.abs((logprobs?.token_logprobs?.[index + 1] ?? 9) - logprob) < 1e-4);
      assert.ok(
        Math.abs((logprobs?.top_logprobs?.[index + 1]?.[top[0]?.token.text ?? ""] ?? 9) - (top[0]?.logprob ?? 0)) <
          1e-4,
      );
    }
    assert.deepEqual(
      logprobs?.text_offset?.map((at, index) => text.startsWith(tokens[index]?.text ?? "?", at)),
      tokens.map(() => true),
    );
    const byIds = await client.completions.create({
      model: MODEL,
      prompt: [first, ...rest],
      echo: true,
      max_tokens: 0,
      logprobs: 3,
    });
    assert.equal(byIds.choices[0]?.text, text);
    assert.deepEqual(byIds.choices[0]?.logprobs?.token_logprobs, logprobs?.token_logprobs);
    await generator.close();
  });

  await t.step("n choices, several prompts, and a stop text that never shows", async () => {
    const { choices } = await client.completions.create({
      ...greedy,
      prompt: [PROMPT, "Anna was a"],
      temperature: 1,
      n: 2,
      seed: 3,
    });
    assert.deepEqual(choices.map(({ index }) => index), [0, 1, 2, 3]);
    const stream = await client.completions.create({ ...greedy, prompt: PROMPT, stop: ["France"], stream: true });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.text ?? "";
    assert.equal(text, "The capital of ");
  });

  await t.step("chats in the model's template, streamed with logprobs", async () => {
    const messages = [
      { role: "system", content: "i have a dog .\ni live in rome .\ni love the winter ." },
      { role: "user", content: [{ type: "text", text: "where do you live ?" }] },
    ] as const;
    const request = { ...greedy, model: "persona_chat/demo", messages: structuredClone([...messages]) as never };
    const whole = await client.chat.completions.create({ ...request, logprobs: true, top_logprobs: 2 });
    const [choice] = whole.choices;
    assert.match(choice?.message.content ?? "", /rome/);
    const content = choice?.logprobs?.content ?? [];
    const bytes = content.flatMap((each) => each.bytes ?? []);
    assert.equal(new TextDecoder().decode(Uint8Array.from(bytes)), choice?.message.content);
    assert.ok(content.every(({ top_logprobs }) => top_logprobs.length === 2));
    const stream = await client.chat.completions.create({ ...request, stream: true, logprobs: true });
    let text = "", tokens = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      tokens += chunk.choices[0]?.logprobs?.content?.length ?? 0;
    }
    assert.equal(text, choice?.message.content);
    assert.equal(tokens, content.length);
  });

  await t.step("an abort ends the stream without an error, and the next request works", async () => {
    const stream = await client.completions.create({ ...greedy, prompt: "Anna was a", stream: true });
    for await (const _ of stream) break;
    const { choices } = await client.completions.create({ ...greedy, prompt: PROMPT });
    assert.equal(choices[0]?.text, ANSWER);
  });

  await t.step("mistakes are told in OpenAI's shape, with the field", async () => {
    const mistakes: readonly [request: object, status: number, param: string, message: RegExp][] = [
      [{ model: "no/such", prompt: "a" }, 404, "model", /alpaca\/demo/],
      [{ ...greedy, prompt: "a", suffix: "b" }, 400, "suffix", /continue a text/],
      [{ ...greedy, prompt: "a", best_of: 2 }, 400, "best_of", /no such field/],
      [{ ...greedy, prompt: "a", temperature: 9 }, 400, "temperature", /from 0 to 2/],
      [{ ...greedy, prompt: [1, 2] }, 400, "prompt", /token ids/],
      [{ ...greedy, prompt: 7 }, 400, "prompt", /must be a text/],
    ];
    for (const [request, status, param, message] of mistakes) {
      const error: unknown = await client.completions.create(request as never).then(
        () => undefined,
        (thrown) => thrown,
      );
      assert.ok(error instanceof OpenAI.APIError);
      assert.deepEqual([error.status, error.param], [status, param]);
      assert.match(error.message, message);
    }
    const error: unknown = await client.completions.create({ ...greedy, prompt: "a ".repeat(3000) }).catch((thrown) =>
      thrown
    );
    assert.ok(error instanceof OpenAI.BadRequestError, String(error));
    assert.match(error.message, /512/);
  });
});

Deno.test("/v1 is off unless it was switched on, and asks for the token", async () => {
  const off = await rigApp();
  const refused = await off.fetch("/v1/models");
  assert.equal(refused.status, 404);
  assert.match((await refused.json()).error.message, /VISUALLM_SERVE_API/);
  const on = await rigApp({ servesApi: true, token: "0123456789abcdef" });
  const closed = await on.fetch("/v1/models");
  assert.equal(closed.status, 401);
  assert.match(closed.headers.get("www-authenticate") ?? "", /^Bearer/);
  const { message, type, param, code } = (await closed.json()).error;
  assert.match(message, /without the token/);
  assert.deepEqual([type, param, code], ["authentication_error", null, null]);
  const head = await on.fetch("/v1/models", { method: "HEAD", headers: { authorization: "Bearer 0123456789abcdef" } });
  assert.deepEqual([head.status, await head.text()], [200, ""]);
  const authorised = await on.fetch("/v1/models", { headers: { authorization: "Bearer 0123456789abcdef" } });
  assert.equal(authorised.status, 200);
  assert.match(JSON.stringify(await authorised.json()), /"rig\/\w+"/);
  for (const method of ["GET", "POST"]) {
    const headers = { authorization: "Bearer 0123456789abcdef" };
    const none = await on.fetch("/v1/embeddings", { method, headers });
    assert.equal(none.status, 404);
    assert.match((await none.json()).error.message, /no \/v1\/embeddings here, only .*\/v1\/completions/);
  }
});
