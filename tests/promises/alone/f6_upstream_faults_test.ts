/** F6: Whatever a server behind the app does, a run ends with exactly one ending of the right kind in time, and the next one works. */
import assert from "node:assert/strict";
import { defineModule, generation, openai, rows } from "../../../lib/mod.ts";
import { type Behaviour, BEHAVIOURS, SPLIT_TEXT, startFaultyUpstream } from "../../rig/faulty_upstream.ts";
import { measured } from "../../rig/measured.ts";
import { readEvents, readProblem } from "../../rig/read_events.ts";
import { timed } from "../../rig/quiet.ts";
import { rigApp } from "../../rig/rig_app.ts";

/** What nothing but a deadline ends; where some tokens come before it, it is so long that they do on a busy machine too. */
const DEADLINES_MS: Readonly<Record<string, number>> = {
  no_headers: 700,
  no_body: 700,
  nobody: 700,
  stall: 2_000,
  drip: 2_000,
  comments: 2_000,
};
/** All else ends by itself, in about the time of the shortest deadline. */
const SOON_MS = 700, NO_DEADLINE_MS = 60_000;
const GRACE_MS = 1_000, TOKENS = 6;

/** How a run ends: with a status before its first token, with a finish reason, or with an error of a status after tokens. */
const ENDINGS: Readonly<
  Record<Behaviour | "nobody" | "refused", number | "length" | "incomplete" | `error ${number}`>
> = {
  ok: "length",
  json: 502,
  no_logprobs: "length",
  bad_request: 502,
  key: 502,
  forbidden: 502,
  unknown_model: 502,
  timeout: 502,
  conflict: 502,
  rate_seconds: 503,
  rate_date: 503,
  slow_down: 503,
  quota: 503,
  spend_limit: 503,
  broken: 502,
  html_502: 502,
  then_ok: "length",
  overloaded: 502,
  closes: 502,
  no_headers: 504,
  no_body: 504,
  stall: "error 504",
  drip: "error 504",
  no_done: "incomplete",
  close_delimited: "incomplete",
  cut_chunk: "incomplete",
  after_done: "length",
  malformed: "error 502",
  foreign: 502,
  error_object: "error 502",
  error_event: "error 502",
  no_newline: "error 502",
  comments: "error 504",
  split_utf8: "length",
  invalid_utf8: "length",
  crlf: "length",
  cr: "length",
  bom: "length",
  html: 502,
  redirect: 502,
  nobody: 504,
  refused: 502,
};

Deno.test({
  name: "F6: each behaviour through the app's own API, and a good run after it",
  // What never answers is left open on purpose until the end.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn(t) {
    const upstream = startFaultyUpstream();
    const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const gone = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const places: Record<string, string> = {
      ...Object.fromEntries(Object.keys(BEHAVIOURS).map((name) => [name, upstream.url(name as Behaviour)])),
      nobody: `http://127.0.0.1:${silent.addr.port}/v1`,
      refused: `http://127.0.0.1:${gone.addr.port}/v1`,
    };
    gone.close();
    const app = await rigApp({ modules: [moduleOf(places)] });
    const outcomeOf = async (name: string) => {
      const startedMs = performance.now();
      const { told, text } = await endingOf(await run(app, name));
      return { told, text, lateMs: performance.now() - startedMs - (DEADLINES_MS[name] ?? SOON_MS) };
    };
    const measure = async () => {
      // What ends by a deadline takes no time of the others, so that all of it waits at once.
      const waiting = new Map(Object.keys(DEADLINES_MS).map((name) => [name, outcomeOf(name)]));
      // A failure is told by the step that asks for it.
      for (const outcome of waiting.values()) outcome.catch(() => {});
      let latestMs = 0;
      for (const [name, ending] of Object.entries(ENDINGS)) {
        await t.step(`${name}: ${ending}`, async () => {
          const { told, text, lateMs } = await (waiting.get(name) ?? outcomeOf(name));
          latestMs = Math.max(latestMs, lateMs);
          assert.equal(told, ending);
          if (name === "split_utf8") assert.ok(text.startsWith(SPLIT_TEXT), text);
          assert.equal((await endingOf(await run(app, "ok"))).told, "length");
        });
      }
      return Math.ceil(latestMs);
    };
    const { value, note } = await timed([], measure, (ms) => assert.ok(ms <= GRACE_MS, `${ms} ms late`));
    silent.close();
    await upstream.close();
    const count = Object.keys(ENDINGS).length;
    const told = `${count} behaviours ended as listed, at most ${value} ms of ${GRACE_MS} after their deadline${note}`;
    measured("F6", told);
  },
});

function moduleOf(places: Readonly<Record<string, string>>) {
  return defineModule({
    name: "upstream",
    generators: Object.fromEntries(
      Object.entries(places).map(([name, baseUrl]) => {
        const timeoutMs = DEADLINES_MS[name] ?? NO_DEADLINE_MS;
        return [name, openai({ model: "fake", baseUrl, timeoutMs })];
      }),
    ),
    tasks: { copy: { dataset: { all: rows(["abc"]) }, prompt: (text) => text } },
    components: [generation()],
  });
}

function run(app: Awaited<ReturnType<typeof rigApp>>, generator: string): Promise<Response> {
  return app.post("/api/upstream/generation/generate", { generator, params: { max_tokens: TOKENS } });
}

async function endingOf(answer: Response): Promise<{ readonly told: number | string; readonly text: string }> {
  if (answer.status !== 200) return { told: (await readProblem(answer)).status, text: "" };
  const events = await readEvents(answer);
  const [ending, ...more] = events.flatMap((event) => {
    if (event.type === "finish") return [{ told: event.reason, text: event.text }];
    return event.type === "error" ? [{ told: `error ${event.problem.status}`, text: "" }] : [];
  });
  assert.ok(ending !== undefined && more.length === 0, `${more.length + 1} endings`);
  const steps = events.filter(({ type }) => type === "step").length;
  assert.ok(ending.told === "length" ? steps === TOKENS : steps > 0 && steps < TOKENS, `${steps} steps`);
  return ending;
}
