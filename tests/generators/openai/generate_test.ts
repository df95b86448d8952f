/** Generation through a server: every number is the server's own, every fault is one event or one error. */
import assert from "node:assert/strict";
import { UpstreamError } from "../../../lib/generators/openai/upstream_error.ts";
import type { GenerateRequest, Generator } from "../../../lib/generators/generator.ts";
import { TokenBook } from "../../../lib/generators/openai/token_book.ts";
import { PathError } from "../../../lib/lm/decode.ts";
import type { FinishReason, GeneratorEvent, Usage } from "../../../lib/lm/event.ts";
import { DEFAULT_PARAMS, type SamplingParams } from "../../../lib/lm/params.ts";
import type { OpenAiOptions } from "../../../lib/mod.ts";
import { KEY, openFake as open } from "../../rig/open_fake.ts";
import { ALOUD, rankedAfter, startFakeOpenAi } from "../../rig/fake_openai.ts";
import { until } from "../../rig/until.ts";

type Ask = Partial<Omit<GenerateRequest, "params">> & { readonly params?: Partial<SamplingParams> };

async function events(generator: Generator, { params, ...ask }: Ask = {}): Promise<readonly GeneratorEvent[]> {
  const found: GeneratorEvent[] = [];
  const request = { prompt: "abc", top: 4, ...ask, params: { ...DEFAULT_PARAMS, maxTokens: 6, ...params } };
  for await (const event of generator.generate(request)) found.push(event);
  return found;
}

function ofType<Type extends GeneratorEvent["type"]>(all: readonly GeneratorEvent[], type: Type) {
  return all.filter((event): event is Extract<GeneratorEvent, { type: Type }> => event.type === type);
}

const close = (one: number | undefined, other: number | undefined) =>
  assert.ok(Math.abs((one ?? NaN) - (other ?? NaN)) < 1e-9, `${one} against ${other}`);

for (const mode of ["chat", "completions"] as const) {
  Deno.test(`openai() in ${mode} streams n completions with the server's own logprobs, the rest bounded`, async () => {
    const fake = startFakeOpenAi();
    const all = await events(await open(fake.url("ok"), { mode }), { params: { n: 3, seed: 5 } });
    assert.deepEqual(ofType(all, "warning"), []);
    for (const { sequence, text, reason, usage } of ofType(all, "finish")) {
      const steps = ofType(all, "step").filter((step) => step.sequence === sequence);
      assert.deepEqual([steps.length, reason, (usage.promptTokens ?? 0) > 0], [6, "length", true]);
      let before = mode === "chat" ? "[user:abc]" : "abc";
      for (const [position, step] of steps.entries()) {
        const ranked = rankedAfter(before);
        const truth = ranked.findIndex(({ text }) => text === step.token.text);
        assert.equal(step.position, position);
        close(step.logprob, ranked[truth]?.logprob);
        assert.equal(step.rank, truth + 1);
        for (const candidate of step.top) close(candidate.logprob, ranked[candidate.rank - 1]?.logprob);
        const rest = ranked.slice(step.top.length).reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
        const { restMass, entropyNats, kind } = step.evidence ?? assert.fail();
        assert.ok(kind === "bounded" && (restMass?.low ?? 1) <= rest && rest <= (restMass?.high ?? 0));
        const entropy = ranked.reduce((sum, { logprob }) => sum - Math.exp(logprob) * logprob, 0);
        assert.ok((entropyNats?.low ?? Infinity) <= entropy && entropyNats?.high === undefined);
        assert.equal(step.restLogprob, undefined, "the unseen mass is bounded, never 1 − Σp");
        assert.equal(step.token.isUnnumbered, true);
        before += step.token.text;
      }
      assert.equal(text, steps.map(({ token }) => token.text).join(""));
    }
    assert.equal(ofType(all, "finish").length, 3);
    await fake.close();
  });
}

Deno.test("openai() sends what was asked: messages as they are, params in the server's words, the key as Bearer", async () => {
  const fake = startFakeOpenAi();
  const messages = [{ role: "system", content: "é" }, { role: "user", content: "<b>" }] as const;
  const params = {
    temperature: 0.5,
    topP: 0.9,
    seed: 7,
    stop: ["\n"],
    presencePenalty: 1,
    logitBias: { 3: -Infinity },
  };
  await events(await open(fake.url("ok")), { messages, params });
  const { path, body, authorization } = fake.seen.at(-1) ?? assert.fail();
  assert.deepEqual([path, authorization], ["/chat/completions", `Bearer ${KEY}`]);
  assert.deepEqual(body, {
    model: "fake",
    messages,
    temperature: 0.5,
    top_p: 0.9,
    max_tokens: 6,
    seed: 7,
    stop: ["\n"],
    presence_penalty: 1,
    logit_bias: { 3: -100 },
    logprobs: true,
    top_logprobs: 4,
    stream_options: { include_usage: true },
    stream: true,
  });
  await fake.close();
});

Deno.test("openai() leaves out what a server refuses, names it in a warning, and does not ask again", async () => {
  const fake = startFakeOpenAi();
  const generator = await open(fake.url("reasoning"));
  const asked = { params: { temperature: 0.7, maxTokens: 20 } };
  const all = await events(generator, asked);
  assert.deepEqual(ofType(all, "warning").map(({ param }) => param), ["logprobs", "temperature"]);
  assert.ok(ofType(all, "step").length > 0);
  for (const step of ofType(all, "step")) {
    assert.deepEqual([step.logprob, step.rank, step.evidence?.kind], [undefined, undefined, "unavailable"]);
  }
  const before = fake.seen.length;
  const again = await events(generator, asked);
  assert.equal(fake.seen.length, before + 1);
  assert.equal(ofType(again, "warning").length, 2, "each run says so");
  assert.equal(fake.seen.at(-1)?.body.max_completion_tokens, 20);
  const other = await events(await open(fake.url("no_seed")));
  assert.deepEqual(ofType(other, "warning").map(({ param }) => param), ["seed"]);
  const five = await events(await open(fake.url("five")), { top: 20 });
  assert.equal(ofType(five, "step")[0]?.top.length, 5);
  await fake.close();
});

Deno.test("openai() streams the text of a server that ignores logprobs, without numbers", async () => {
  const fake = startFakeOpenAi();
  const all = await events(await open(fake.url("silent")));
  const [finish] = ofType(all, "finish");
  assert.equal(ofType(all, "step").map(({ token }) => token.text).join(""), finish?.text);
  assert.ok(
    ofType(all, "step").every(({ evidence, logprob }) => evidence?.kind === "unavailable" && logprob === undefined),
  );
  await fake.close();
});

Deno.test("openai() yields no steps of what a model thinks before it answers, so that steps and text are the same", async () => {
  const fake = startFakeOpenAi();
  for (const [behaviour, written, measured] of [["aloud", 3, 3], ["aloud_across", 4, 3]] as const) {
    const all = await events(await open(fake.url(behaviour)), { params: { n: 2, seed: 3 } });
    assert.equal(ofType(all, "finish").length, 2);
    for (const { sequence, text, reason } of ofType(all, "finish")) {
      const steps = ofType(all, "step").filter((step) => step.sequence === sequence);
      assert.deepEqual([steps.length, reason], [written, "length"], behaviour);
      assert.equal(steps.map(({ token }) => token.text).join(""), text);
      assert.deepEqual(steps.map(({ position }) => position), steps.map((_, index) => index));
      const told = steps.filter(({ logprob }) => logprob !== undefined);
      assert.deepEqual(
        told,
        steps.slice(written - measured),
        "of a piece with thinking nobody tells which numbers are whose",
      );
    }
  }
  const cut = await events(await open(fake.url("aloud")), { params: { maxTokens: ALOUD } });
  assert.deepEqual(ofType(cut, "finish").map(({ reason, text }) => [reason, text]), [["length", ""]]);
  assert.deepEqual(ofType(cut, "step"), []);
  await fake.close();
});

Deno.test("openai() asks one by one where a server writes one completion, whatever n says", async () => {
  const fake = startFakeOpenAi();
  const generator = await open(fake.url("one"));
  for (const requests of [3, 3]) {
    const before = fake.seen.length;
    const all = await events(generator, { params: { n: 3, seed: 2 } });
    assert.equal(ofType(all, "finish").filter(({ reason }) => reason === "length").length, 3);
    assert.equal(fake.seen.length - before, requests);
  }
  await fake.close();
});

for (const [behaviour, n] of [["llama_server", 2], ["slots", 3]] as const) {
  Deno.test(`openai() asks llama.cpp's server for completions one by one once it refused several: ${behaviour}`, async () => {
    const fake = startFakeOpenAi();
    const generator = await open(fake.url(behaviour));
    for (const isFirst of [true, false]) {
      const before = fake.seen.length;
      const all = await events(generator, { params: { n } });
      assert.equal(
        ofType(all, "finish").filter(({ reason, text }) => reason === "length" && text.length === 6).length,
        n,
      );
      assert.deepEqual(ofType(all, "warning"), [], "nothing is left out");
      const asked = fake.seen.slice(before).filter(({ body }) => body.n === undefined);
      assert.deepEqual([asked.length, fake.seen.length - before > n], [n, isFirst]);
    }
    await fake.close();
  });
}

Deno.test("openai() asks one by one where several are refused at temperature 0, and for several again at another", async () => {
  const fake = startFakeOpenAi();
  const generator = await open(fake.url("vllm"));
  for (const [temperature, counts] of [[1, [2]], [0, [2, undefined, undefined]], [1, [2]]] as const) {
    const before = fake.seen.length;
    const all = await events(generator, { params: { n: 2, temperature } });
    assert.deepEqual(ofType(all, "finish").map(({ reason }) => reason), ["length", "length"]);
    assert.deepEqual(ofType(all, "warning"), []);
    assert.deepEqual(fake.seen.slice(before).map(({ body }) => body.n), counts);
  }
  await fake.close();
});

Deno.test("openai() asks for as many candidates as vLLM and TGI give, in place of for none", async () => {
  const fake = startFakeOpenAi();
  for (const behaviour of ["vllm", "tgi"]) {
    const generator = await open(fake.url(behaviour));
    assert.ok(generator.facts.notes?.includes("at most 5 candidates"), `${generator.facts.notes}`);
    const all = await events(generator, { top: 20 });
    assert.equal(ofType(all, "step")[0]?.top.length, 5, behaviour);
    assert.deepEqual(ofType(all, "warning").filter(({ param }) => param !== "top_p"), [], behaviour);
  }
  await fake.close();
});

Deno.test("openai() says of a server that it may ignore params without a word, as llama.cpp's and Ollama do", async () => {
  const fake = startFakeOpenAi();
  const { notes = [] } = (await open(fake.url("ok"))).facts;
  assert.ok(notes.includes("may ignore top_k, min_p and repetition_penalty without saying so"), `${notes}`);
  await fake.close();
});

Deno.test("openai() says that messages have no template of a server that takes a text alone", async () => {
  const fake = startFakeOpenAi();
  const note = "has no chat template: messages are written as [role] lines";
  for (const mode of ["chat", "completions"] as const) {
    const generator = await open(fake.url("ok"), { mode });
    assert.equal(generator.facts.notes?.includes(note), mode === "completions", mode);
    const text = await generator.renderChat?.([{ role: "user", content: "Hi" }]);
    assert.equal(text, "[user]\nHi\n\n[assistant]\n");
  }
  await fake.close();
});

Deno.test("openai() leaves a default unsaid that a server refuses to be told, and says any other value of that param", async () => {
  const fake = startFakeOpenAi();
  const generator = await open(fake.url("tgi"));
  for (const [topP, told] of [[1, undefined], [0.5, 0.5], [1, undefined]] as const) {
    const all = await events(generator, { params: { topP } });
    assert.deepEqual(ofType(all, "finish").map(({ reason }) => reason), ["length"]);
    assert.equal(fake.seen.at(-1)?.body.top_p, told);
    const warned = ofType(all, "warning").map(({ message }) => message);
    assert.equal(warned.length, told === undefined ? 1 : 0);
    for (const message of warned) assert.match(message, /does not take 1 as top_p, so its own default holds/);
  }
  await fake.close();
});

Deno.test("openai() numbers completions as asked, by whichever server, and each that is asked alone has its own seed", async () => {
  const fake = startFakeOpenAi();
  for (const [behaviour, seeds] of [["ok", [11]], ["one", [11, 12, 13]]] as const) {
    const generator = await open(fake.url(behaviour));
    const before = fake.seen.length;
    const all = await events(generator, { firstSequence: 2, params: { n: 3, seed: 9 } });
    assert.deepEqual(fake.seen.slice(before).map(({ body }) => body.seed), seeds, behaviour);
    const numbers = ofType(all, "step").map(({ sequence }) => sequence);
    assert.deepEqual([...new Set(numbers)].toSorted(), [2, 3, 4]);
    assert.deepEqual(ofType(all, "finish").map(({ sequence }) => sequence).toSorted(), [2, 3, 4]);
    for (const { sequence, text } of ofType(all, "finish")) {
      const own = ofType(all, "step").filter((step) => step.sequence === sequence);
      assert.equal(own.map(({ token }) => token.text).join(""), text, `completion ${sequence} has its own pieces`);
    }
  }
  await fake.close();
});

for (const temperature of [0, 1]) {
  Deno.test(`openai() goes on after given tokens, which count among max_tokens; the server draws the rest: ${temperature}`, async () => {
    const fake = startFakeOpenAi();
    const generator = await open(fake.url("ok"), { mode: "completions" });
    const path = ofType(await events(generator, { params: { temperature } }), "step").map(({ token }) => token.id);
    const branch = { path: path.slice(0, 4), firstSequence: 3, params: { temperature } };
    const all = await events(generator, branch);
    assert.deepEqual(ofType(all, "step").map(({ sequence, position, draw }) => [sequence, position, draw.kind]), [
      [3, 0, "forced"],
      [3, 1, "forced"],
      [3, 2, "forced"],
      [3, 3, "forced"],
      [3, 4, "remote"],
      [3, 5, "remote"],
    ]);
    assert.equal(fake.seen.at(-1)?.body.max_tokens, 2);
    const before = fake.seen.length;
    for (const maxTokens of [6, 4]) {
      let billed: Usage | undefined;
      const onBilled = (usage: Usage | undefined) => billed = usage;
      const whole = await events(generator, { ...branch, path, onBilled, params: { temperature, maxTokens } });
      assert.deepEqual(ofType(whole, "step").map(({ token }) => token.id), path, "all of it, and nothing more");
      assert.deepEqual(ofType(whole, "finish").map(({ sequence, reason }) => [sequence, reason]), [[3, "length"]]);
      assert.deepEqual(billed, { promptTokens: 0, completionTokens: 0 });
    }
    assert.equal(fake.seen.length, before, "nothing is left to ask for");
    await fake.close();
  });
}

Deno.test("openai() refuses to go on within a character, which a server cannot be sent, and tells one that nothing follows", async () => {
  const fake = startFakeOpenAi();
  const generator = await open(fake.url("ok"), { mode: "completions" });
  const book = new TokenBook();
  const half = book.token("", [0xf0, 0x9f]).id, rest = book.token("", [0x98, 0x80]).id;
  const before = fake.seen.length;
  const isPathError = (error: Error) => error instanceof PathError && /whole characters/.test(error.message);
  await assert.rejects(events(generator, { path: [half] }), isPathError);
  const place = { prompt: "abc", path: [half], params: DEFAULT_PARAMS, offset: 0, limit: 5 };
  await assert.rejects(generator.next?.(place) ?? assert.fail(), isPathError);
  const scored = { prompt: "abc", completion: [half], top: 1 };
  await assert.rejects(generator.score?.(scored) ?? assert.fail(), isPathError);
  const ended = await events(generator, { path: [half], params: { maxTokens: 1 } });
  assert.deepEqual(ofType(ended, "finish").map(({ text }) => text), ["\ufffd"]);
  assert.equal(fake.seen.length, before);
  await events(generator, { path: [half, rest] });
  assert.equal(fake.seen.at(-1)?.body.prompt, "abc\u{1f600}");
  await fake.close();
});

Deno.test("openai() counts what is chosen outside the list among the candidates, with the least rank it can have", async () => {
  const fake = startFakeOpenAi();
  const all = await events(await open(fake.url("ok")), { top: 1, params: { seed: 1 } });
  const outside = ofType(all, "step").filter(({ evidence }) => evidence?.isRankLeast === true);
  assert.ok(outside.length > 0);
  for (const { token, top, rank } of outside) {
    assert.deepEqual([top.at(-1)?.token.id, top.length, rank], [token.id, 2, 2]);
  }
  await fake.close();
});

for (const behaviour of ["no_done", "disconnect"]) {
  Deno.test(`openai() keeps what came before an end without a finish reason, and says incomplete: ${behaviour}`, async () => {
    const fake = startFakeOpenAi();
    const all = await events(await open(fake.url(behaviour)));
    assert.deepEqual(ofType(all, "finish").map(({ reason }) => reason), ["incomplete"]);
    assert.ok((ofType(all, "finish")[0]?.text.length ?? 0) > 0);
    await fake.close();
  });
}

const ENDINGS: readonly (readonly [told: string, reason: FinishReason])[] = [
  ["stop", "stop"],
  ["eos", "stop"],
  ["eos_token", "stop"],
  ["stop_sequence", "stop"],
  ["end_turn", "stop"],
  ["tool_calls", "stop"],
  ["length", "length"],
  ["max_tokens", "length"],
  ["model_length", "length"],
  ["content_filter", "content_filter"],
  ["error", "error"],
  ["abort", "incomplete"],
  ["repetition", "incomplete"],
  ["insufficient_system_resource", "incomplete"],
  ["toString", "incomplete"],
];

Deno.test("openai() tells a finish reason that it does not know as incomplete, never as stop", async () => {
  const fake = startFakeOpenAi();
  for (const [told, reason] of ENDINGS) {
    const all = await events(await open(fake.url(`ends_${told}`)));
    assert.deepEqual(ofType(all, "finish").map((finish) => finish.reason), [reason], told);
    assert.equal(ofType(all, "finish")[0]?.text.length, 6);
  }
  await fake.close();
});

const FAULTS: readonly (readonly [behaviour: string, message: RegExp, requests: number])[] = [
  ["key", /refused the key \(401\): Incorrect/, 1],
  ["unknown_model", /404.*does not exist/, 1],
  ["context", /maximum context length/, 1],
  ["always_busy", /429/, 3],
  ["busy_long", /429/, 1],
  ["quota", /quota/, 1],
  ["broken", /500/, 3],
  ["html_502", /502/, 3],
  ["error_200", /failed: No credits for \[key\]/, 1],
  ["error_200_later", /failed: No credits any more/, 1],
  ["error_200_words", /failed: Unexpected endpoint/, 1],
  ["no_completion", /JSON that is no completion/, 1],
  ["html", /a page instead of JSON/, 1],
  ["unasked_stream", /a stream of events instead of JSON, although none was asked for/, 1],
  ["redirect", /redirect/, 1],
  ["hang", /no answer within/, 1],
  ["foreign", /no completion/, 1],
  ["malformed", /malformed|JSON/, 1],
  ["error_inside", /the engine died/, 1],
  ["no_newline", /does not end/, 1],
  ["stall", /sent nothing for/, 1],
];

/** What is told only once its deadline has passed. */
const SILENT: readonly string[] = ["hang", "stall"];

for (const [behaviour, message, requests] of FAULTS) {
  Deno.test(`openai() tells of a server's fault once, without the key: ${behaviour}`, async () => {
    const fake = startFakeOpenAi();
    let before = 0;
    const attempt = async () => {
      const generator = await open(fake.url(behaviour), { timeoutMs: SILENT.includes(behaviour) ? 5_000 : 60_000 });
      before = fake.seen.length;
      await events(generator);
    };
    await assert.rejects(attempt(), (error) => {
      assert.ok(error instanceof UpstreamError, String(error));
      assert.match(error.message, message);
      assert.ok(!`${error.stack}${Deno.inspect(error)}`.includes("canary"));
      assert.equal(error.cause, undefined);
      return true;
    });
    assert.equal(fake.seen.length - before, requests);
    await fake.close();
  });
}

Deno.test("openai() tries again after a passing fault, in the server's own time", async () => {
  const fake = startFakeOpenAi();
  const all = await events(await open(fake.url("busy")));
  assert.equal(ofType(all, "finish")[0]?.reason, "length");
  await fake.close();
});

Deno.test("openai() stops the server when its reader leaves or the signal aborts", async () => {
  const fake = startFakeOpenAi();
  const generator = await open(fake.url("slow"));
  const controller = new AbortController();
  const request = { prompt: "abc", top: 4, params: DEFAULT_PARAMS };
  const all: GeneratorEvent[] = [];
  for await (const event of generator.generate({ ...request, signal: controller.signal })) {
    all.push(event);
    if (ofType(all, "step").length === 3) controller.abort();
  }
  assert.deepEqual(ofType(all, "finish").map(({ reason }) => reason), ["cancelled"]);
  for await (const event of generator.generate(request)) {
    if (event.type === "step") break;
  }
  await until("both streams are left", () => fake.left.length === 2);
  await fake.close();
});

Deno.test("openai() names the setting that is missing, and sends a key to no server that it was not meant for", async () => {
  const fake = startFakeOpenAi();
  const cases: readonly [Partial<OpenAiOptions>, Record<string, string>, RegExp][] = [
    [{}, { OPENAI_BASE_URL: "", OPENAI_API_KEY: "" }, /OPENAI_API_KEY/],
    [{ apiKeyEnv: "OTHER_KEY" }, {}, /OTHER_KEY/],
    [{}, { OPENAI_BASE_URL: "file:///etc" }, /base URL/],
    [{}, { OPENAI_BASE_URL: `http://user:${KEY}@127.0.0.1/` }, /base URL/],
  ];
  for (const [options, env, message] of cases) {
    await assert.rejects(
      open(fake.url("ok"), options, env),
      (error: Error) => message.test(error.message) && !/canary/.test(error.message),
    );
  }
  await events(await open("unused", { baseUrl: fake.url("ok") }));
  assert.equal(fake.seen.at(-1)?.authorization, "Bearer none");
  await fake.close();
});
