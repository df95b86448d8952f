/** I1: Each limit of a request lets its last value pass, refuses the next, and names field and limit. */
import assert from "node:assert/strict";
import type { Generator, GeneratorSource } from "../../lib/generators/generator.ts";
import { chat, defineModule, generation, rows } from "../../lib/mod.ts";
import { LIMITS } from "../../lib/server/entry/limits.ts";
import { echoGenerator } from "../rig/echo_rig.ts";
import { measured } from "../rig/measured.ts";
import { type RigApp, rigApp, rigPath } from "../rig/rig_app.ts";
import { ROUTE_MODULES } from "../rig/routes.ts";

interface Limit {
  readonly what: string;
  readonly at: number;
  /** A request whose value has that size. */
  readonly send: (rig: RigApp, size: number) => Promise<Response>;
  readonly status: number;
  /** What the refusal says. */
  readonly says: RegExp;
  readonly field?: string;
}

const PROMPT = 262_144, MB = 1_048_576;
const a = (size: number) => "a".repeat(size);
/** A text of that many bytes, most of them in characters of `width`. */
const wide = (character: string, width: number) => (bytes: number) =>
  character.repeat(Math.floor(bytes / width)) + a(bytes % width);
const list = (size: number, item: unknown) => Array(size).fill(item);
const nested = (size: number) => "[".repeat(size) + "]".repeat(size);
const keys = (size: number) => Object.fromEntries(list(size, 1).map((one, key) => [`k${key}`, one]));
const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });

/** A body of a call that names a sample which is not there, so that within the limit nothing is generated. */
function body(call: string, make: (size: number) => object): Limit["send"] {
  return ({ post }, size) => post(rigPath(call), { sample: 99, ...make(size) });
}

function params(name: string, make: (size: number) => unknown): Limit["send"] {
  return body("generate", (size) => ({ params: { [name]: make(size) } }));
}

/** A turn of the assistant's comes last, so that within the limit nothing is generated. */
function turns(make: (size: number) => object): Limit["send"] {
  return ({ post }, size) => post("/api/talk/chat/chat", { messages: [assistant("a")], ...make(size) });
}

function v1(call: string, make: (size: number) => object): Limit["send"] {
  return ({ post }, size) => post(`/v1/${call}`, { model: "no/such", ...make(size) });
}

/** A generator that renders and writes, and nothing more: whatever passes the limit is answered at once. */
function writer(takesMessages: boolean): GeneratorSource {
  return {
    ...echoGenerator,
    async open(context): Promise<Generator> {
      const { facts, generate, renderChat, close } = await echoGenerator.open(context);
      return { facts, generate, close, ...(renderChat && { renderChat }), takesMessages };
    },
  };
}

/** Its prompts are made of several texts, none of which is too large by itself. */
const sized = defineModule({
  name: "sized",
  generators: { text: writer(false), messages: writer(true) },
  tasks: {
    text: { dataset: { all: rows([{ a: "", b: "" }]) }, prompt: ({ a, b }) => `${a}-${b}` },
    talk: {
      dataset: { all: rows([{ a: "", b: "" }]) },
      prompt: ({ a, b }) => [{ role: "system", content: a }, { role: "user", content: b }],
    },
  },
  components: [
    generation(),
    chat(),
    chat({ name: "own", prompt: ({ messages }) => messages.map(({ content }) => content).join("") }),
  ],
});
/** What the generator's template puts around three turns, and around a system prompt and a turn. */
const AROUND_TURNS = "user\n\nassistant\n\nuser\n".length, AROUND_SAMPLE = "system\n\nuser\n".length;
/** Bytes of the turns before the last one, most of them in characters of several bytes. */
const BEFORE = 200_001;

/** A conversation of so many bytes, of which each turn has fewer than a text may have. */
function conversation(bytes: number) {
  const before = [user(wide("é", 2)(BEFORE - 100_000)), assistant(wide("日", 3)(100_000))];
  return [...before, user(wide("🙂", 4)(bytes - BEFORE))];
}

function preview(component: string, make: (size: number) => object): Limit["send"] {
  return ({ post }, size) => post(`/api/sized/${component}/chat_prompt`, make(size));
}

/** Fields of a sample that are edited to so many bytes; the generator gives no step, which is told within the limit. */
function edited(task: string, around: number): Limit["send"] {
  return ({ post }, size) => {
    const edits = { a: a(BEFORE), b: a(size - BEFORE - around) };
    return post("/api/sized/generation/next_token", { task, edits, generator: "text" });
  };
}

/** What is told of all texts together, and of whose. */
function together(what: string, generator: string, received = "the text"): RegExp {
  const told = `${received} that generator "${generator}" receives must be at most 262144 bytes of UTF-8, got 262145`;
  return new RegExp(`^Cannot use ${what}: ${told}$`);
}

const BYTES = /at most 262144 bytes/, BODY = /at most 1048576 bytes/;
/** A field of the body. */
function field(name: string, at: number, send: Limit["send"], says: RegExp, what = name): Limit {
  return { what, at, send, status: 422, says, field: name };
}

function plain(what: string, at: number, status: number, send: Limit["send"], says: RegExp): Limit {
  return { what, at, send, status, says };
}

/** Of a header `a` alone beside `host`, and of an address with nothing but a query. */
const HEADER_REST = "a".length + "host127.0.0.1:8000".length, URL_REST = "http://127.0.0.1:8000/api/app?".length;
const { headerCharacters, sampleRows, urlCharacters } = LIMITS;

const CASES: readonly Limit[] = [
  plain("body", MB, 413, ({ post }, n) => post(rigPath("generate"), `{"x":"${a(n - 8)}"}`), BODY),
  plain("body of /v1", MB, 413, ({ post }, n) => post("/v1/completions", `{"x":"${a(n - 8)}"}`), BODY),
  plain("depth", 32, 413, ({ post }, n) => post(rigPath("score"), `{"x":${nested(n - 1)}}`), /32 deep/),
  plain("keys", 1_000, 413, body("score", (n) => keys(n - 1)), /1000 keys/),
  field("prompt", PROMPT, body("generate", (n) => ({ prompt: a(n) })), BYTES),
  field("prompt", PROMPT, body("generate", (n) => ({ prompt: wide("é", 2)(n) })), BYTES, "prompt of é"),
  field("prompt", PROMPT, body("next_token", (n) => ({ prompt: wide("🙂", 4)(n) })), BYTES, "prompt of 🙂"),
  field("append", PROMPT, body("next_token", (n) => ({ append: a(n) })), BYTES),
  field("completion", PROMPT, body("score", (n) => ({ completion: wide("日", 3)(n) })), BYTES),
  field("edits.text", PROMPT, body("generate", (n) => ({ edits: { text: a(n) } })), BYTES),
  field("messages.0.content", PROMPT, turns((n) => ({ messages: [assistant(a(n))] })), BYTES),
  field("system", PROMPT, turns((n) => ({ system: a(n) })), BYTES),
  field("prefill", PROMPT, turns((n) => ({ prefill: a(n) })), BYTES),
  plain("prompt of /v1", PROMPT, 400, v1("completions", (n) => ({ prompt: a(n) })), BYTES),
  plain("turn of /v1", PROMPT, 400, v1("chat/completions", (n) => ({ messages: [assistant(a(n))] })), BYTES),
  field(
    "messages",
    PROMPT,
    preview("chat", (n) => ({ messages: conversation(n - AROUND_TURNS) })),
    together("messages", "text"),
    "a conversation",
  ),
  field(
    "messages",
    PROMPT,
    preview("chat", (n) => ({ messages: conversation(BEFORE + 1), prefill: a(n - BEFORE - 1 - AROUND_TURNS) })),
    together("messages", "text"),
    "a conversation and its prefill",
  ),
  field(
    "messages",
    PROMPT,
    preview("own", (n) => ({ messages: conversation(n) })),
    together("messages", "text"),
    "a conversation in a prompt of the chat's own",
  ),
  field(
    "messages",
    PROMPT,
    preview("chat", (n) => ({ messages: conversation(n - 1), prefill: "a", generator: "messages" })),
    together("messages", "messages", "all messages together"),
    "a conversation sent as messages",
  ),
  plain(
    "a conversation of /v1",
    PROMPT,
    400,
    v1("chat/completions", (n) => ({ model: "sized/text", messages: conversation(n - AROUND_TURNS), max_tokens: 1 })),
    together("messages", "sized/text"),
  ),
  field("prompt", PROMPT, edited("text", "-".length), together('the prompt of task "text"', "text"), "a sample's text"),
  field(
    "prompt",
    PROMPT,
    edited("talk", AROUND_SAMPLE),
    together('the prompt of task "talk"', "text"),
    "a sample's messages",
  ),
  plain("prompts of /v1", 32, 400, v1("completions", (n) => ({ prompt: list(n, "a") })), /at most 32 texts/),
  plain("max_tokens of /v1", 4_096, 400, v1("completions", (n) => ({ prompt: "a", max_tokens: n })), /0 to 4096/),
  field("params.max_tokens", 4_096, params("max_tokens", (n) => n), /1 to 4096/),
  field("params.n", 16, params("n", (n) => n), /1 to 16/),
  field("params.stop", 8, params("stop", (n) => list(n, "a")), /at most 8 texts/),
  field("params.stop.0", 64, params("stop", (n) => [a(n)]), /64 characters/),
  field("params.temperature", 2, params("temperature", (n) => n), /0 to 2/),
  field("params.logit_bias.1", 100, params("logit_bias", (n) => ({ 1: n })), /-100 to 100/),
  field("top", 50, body("generate", (n) => ({ top: n })), /1 to 50/),
  field("limit", 200, body("next_token", (n) => ({ limit: n })), /1 to 200/),
  field("limit", sampleRows, ({ fetch }, n) => fetch(`${rigPath("samples")}?limit=${n}`), /1 to 100/, "rows"),
  field("path", 8_192, body("next_token", (n) => ({ path: list(n, 1) })), /at most 8192/),
  field("find", 200, body("next_token", (n) => ({ find: a(n) })), /at most 200/),
  field("task", 200, body("generate", (n) => ({ task: a(n) })), /at most 200/),
  plain(
    "turns of /v1",
    400,
    400,
    v1("chat/completions", (n) => ({ messages: list(n, assistant("a")) })),
    /at most 400 messages/,
  ),
  field("messages", 400, turns((n) => ({ messages: list(n, assistant("a")) })), /at most 400 messages/),
  plain(
    "headers",
    headerCharacters,
    431,
    ({ fetch }, n) => fetch("/api/app", { headers: { a: a(n - HEADER_REST) } }),
    /16384/,
  ),
  plain("address", urlCharacters, 414, ({ fetch }, n) => fetch(`/api/app?${a(n - URL_REST)}`), /16384/),
];

/** As `/api/ready` has them. */
const TOLD = {
  body_bytes: MB,
  body_seconds: 30,
  json_depth: 32,
  json_keys: 1_000,
  url_characters: 16_384,
  header_characters: 16_384,
  prompt_bytes: PROMPT,
  turns: 400,
  path_tokens: 8_192,
  max_tokens: 4_096,
  n: 16,
  stop_texts: 8,
  stop_characters: 64,
  top: 50,
  sample_rows: 100,
  sessions: 500,
  session_idle_minutes: 30,
  session_bytes: 8_388_608,
};

Deno.test("I1: one below, at, and one above each limit", async () => {
  const rig = await rigApp({ modules: [...ROUTE_MODULES, sized], servesApi: true });
  let sizes = 0;
  for (const { what, at, send, status, says, field } of CASES) {
    for (const size of [at - 1, at, at + 1]) {
      const answer = await send(rig, size);
      const told = await answer.json();
      const detail = String(told.detail ?? told.error?.message ?? "");
      const isRefused = answer.status === status && says.test(detail);
      // Within the limit it is refused for another reason, if at all: the sample, the model or the field does not exist.
      assert.equal(isRefused, size > at, `${what} of ${size}: ${answer.status} ${detail.slice(0, 200)}`);
      assert.ok(detail.length < 500, `${what}: the refusal does not repeat the value`);
      if (isRefused && field !== undefined) assert.equal(told.field, field, what);
      sizes++;
    }
  }
  const { limits } = await (await rig.fetch("/api/ready")).json();
  assert.deepEqual(limits, TOLD);
  let readBytes = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      readBytes += 65_536;
      controller.enqueue(new Uint8Array(65_536).fill(32));
    },
  });
  const cut = await rig.post(rigPath("generate"), "", { body: endless });
  await cut.body?.cancel();
  assert.equal(cut.status, 413);
  assert.ok(readBytes <= LIMITS.bodyBytes + 3 * 65_536, `${readBytes} bytes were read`);
  measured("I1", `${sizes} sizes at ${CASES.length} limits, an endless body cut after ${readBytes} bytes`);
});
