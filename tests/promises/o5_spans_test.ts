/** O5: With OTEL_DENO=true each run, score, step and action is one span under gen_ai.* names without content; without it none. */
import assert from "node:assert/strict";
import { buildPages } from "../rig/built_pages.ts";
import { measured } from "../rig/measured.ts";
import { startApp } from "../rig/start_app.ts";
import { serveLoopback } from "../rig/loopback.ts";

const CANARY = "canary";
const JSON_TYPE = { "content-type": "application/json" };
const PARAMS = { max_tokens: 3, seed: 7, temperature: 0.5, n: 2 };
const CALLS: readonly (readonly [path: string, body: object])[] = [
  ["alpaca/generation/generate", { prompt: `Anna was a ${CANARY} and`, params: { ...PARAMS, stop: [`${CANARY}!`] } }],
  ["alpaca/generation/score", { prompt: "A", completion: ` ${CANARY}` }],
  ["alpaca/next-token/next_token", { prompt: CANARY }],
  ["persona_chat/chat/chat", { messages: [{ role: "user", content: CANARY }], params: PARAMS }],
  ["elements/text-input/elements/button", { inputs: {} }],
];
const MODULES = ["alpaca", "persona_chat", "elements"].map((name) => `examples/${name}/mod.ts`);

/** A span as OTLP writes it in JSON. */
interface Span {
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly parentSpanId: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly status: { readonly code: number };
}

Deno.test("O5: what a collector on this machine gets, on and off", async () => {
  await buildPages();
  const { spans, received } = await collect({ OTEL_DENO: "true" }, MODULES, callEach);
  const byName = new Map(spans.map((span) => [span.name, valuesOf(span)]));
  assert.deepEqual(spans.map(({ name }) => name), [
    "text_completion alpaca/demo",
    "score alpaca/demo",
    "next_token alpaca/demo",
    "text_completion persona_chat/demo",
    "action elements/text-input/button",
  ]);
  const run = byName.get("text_completion alpaca/demo") ?? {};
  assert.deepEqual(
    Object.fromEntries(
      Object.entries(run).filter(([key]) => /name|model|temperature|seed|count|max|reasons/.test(key)),
    ),
    {
      "gen_ai.operation.name": "text_completion",
      "gen_ai.provider.name": "onnx",
      "gen_ai.request.model": "alpaca/demo",
      "gen_ai.request.temperature": 0.5,
      "gen_ai.request.seed": 7,
      "gen_ai.request.max_tokens": 3,
      "gen_ai.request.choice.count": 2,
      "gen_ai.response.finish_reasons": ["length", "length"],
    },
  );
  assert.equal(run["gen_ai.usage.output_tokens"], 6);
  assert.ok(spans.every((span) => span.parentSpanId !== "" && span.status.code !== 2));
  assert.ok(!JSON.stringify(received).includes(CANARY), "no content in spans, logs or metrics");
  const off = await collect({}, MODULES, callEach);
  assert.deepEqual(off.received, []);
  measured("O5", `${CALLS.length} requests, ${spans.length} spans, 0 with content; 0 bytes sent when it is off`);
});

Deno.test("O5: what fails, what is left, and what comes by /v1 is one span each that has ended", async () => {
  const args = ["--slots", "1", "--serve-api", "1", "tests/rig/slow_generator.ts"];
  const { spans } = await collect({ OTEL_DENO: "true" }, args, async (origin) => {
    const post = (path: string, body: object) =>
      fetch(`${origin}/${path}`, { method: "POST", headers: JSON_TYPE, body: JSON.stringify(body) });
    const run = (generator: string, max_tokens: number) =>
      post("api/slow/generation/generate", { generator, params: { max_tokens } });
    assert.match(await (await run("failing", 9)).text(), /event: error/);
    const reader = (await run("paced", 4_000)).body?.getReader() ?? assert.fail();
    await reader.read();
    await reader.cancel();
    // With one slot, the next run begins when the one before it has ended.
    const answer = await post("v1/completions", { model: "slow/paced", prompt: "abc", max_tokens: 2 });
    assert.equal((await answer.json()).usage.completion_tokens, 2);
  });
  const told = spans.map((span) => {
    const { "error.type": failure, "gen_ai.response.finish_reasons": reasons } = valuesOf(span);
    return { name: span.name, isFailed: span.status.code === 2, failure, reasons };
  });
  assert.deepEqual(told, [
    { name: "text_completion slow/failing", isFailed: true, failure: "Error", reasons: undefined },
    { name: "text_completion slow/paced", isFailed: false, failure: undefined, reasons: undefined },
    { name: "text_completion slow/paced", isFailed: false, failure: undefined, reasons: ["length"] },
  ]);
  assert.ok(!JSON.stringify(spans).includes("the fourth step"), "an error's message could quote a prompt");
  measured("O5", `${spans.length} spans of a failure, of a run that was left, and of /v1`);
});

/** Starts the app beside a collector, lets it be called, and gives what arrived until the app had ended. */
async function collect(
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  call: (origin: string) => Promise<void>,
) {
  const received: unknown[] = [];
  const spans: Span[] = [];
  const collector = serveLoopback(async (request) => {
    const sent = await request.json();
    received.push(sent);
    for (const { scopeSpans } of sent.resourceSpans ?? []) {
      for (const { scope, spans: some } of scopeSpans) if (scope.name === "visuallm") spans.push(...some);
    }
    return Response.json({});
  });
  const otlp = {
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
  };
  try {
    const app = await startApp({ args: ["--port", "0", ...args], env: { ...otlp, ...env } });
    await call(app.origin).finally(app.stop);
    assert.equal((await app.stop()).code, 0);
  } finally {
    await collector.close();
  }
  // Batches may come in any order.
  const begin = ({ startTimeUnixNano }: Span) => BigInt(startTimeUnixNano);
  return { spans: spans.toSorted((one, other) => begin(one) < begin(other) ? -1 : 1), received };
}

async function callEach(origin: string): Promise<void> {
  for (const [path, body] of CALLS) {
    const init = { method: "POST", headers: JSON_TYPE, body: JSON.stringify(body) };
    const answer = await fetch(`${origin}/api/${path}`, init);
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
  }
}

function valuesOf({ attributes }: Span): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));
}

function plain(value: Readonly<Record<string, unknown>>): unknown {
  const [one] = Object.values(value);
  if (typeof one === "object" && one !== null && "values" in one && Array.isArray(one.values)) {
    return one.values.map(plain);
  }
  return one;
}
