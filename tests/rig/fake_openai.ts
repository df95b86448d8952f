/**
 * A server of OpenAI's API on loopback: a small model whose every number a test can compute, and every bad behaviour, chosen
 * by the first part of the path (`/ok/v1`, `/quota/v1` …).
 */
import { type Asked, misbehave } from "./fake_refusals.ts";
import { serveLoopback } from "./loopback.ts";

/** The model's tokens; "é" is two of them, one byte each. */
const TOKENS: readonly (string | readonly number[])[] = [..." abcdefghij0123456789:,.\n[]", [0xc3], [0xa9]];
const TEXTS = TOKENS.map((token) => typeof token === "string" ? token : "\ufffd");
/** Tokens of reasoning that "thinking" bills with each completion and shows nobody. */
export const UNSEEN = 3_000;
/** Tokens of each completion that "aloud" and "aloud_across" tell as thinking; the latter sends the last one with text. */
export const ALOUD = 3;
/** What the model always writes after a text. */
const BY_HEART: readonly (readonly [RegExp, string])[] = [[/1, 2, 3, $/, "4"], [/one, two, thre?$/, "e"]];
/** What it says by heart, in letters of its own: in a new turn, and after white space that was dropped. */
const REPLIES: readonly (readonly [RegExp, string])[] = [
  [/one, two, thr\]$/, "Three, four"],
  [/1, 2, 3, \]$/, "4"],
  [/1, 2, 3,$/, " 4"],
];
const encoder = new TextEncoder();

export interface Seen {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly authorization: string | null;
}

export interface FakeOpenAi {
  readonly origin: string;
  /** Requests so far, oldest first. */
  readonly seen: Seen[];
  /** When clients left before their answer was over, as `performance.now()`. */
  readonly left: number[];
  /** The base URL of a behaviour. */
  url(behaviour: string): string;
  close(): Promise<void>;
}

/** Logprobs of the token after a text, by the model's own order. */
export function distribution(text: string): readonly number[] {
  const bytes = encoder.encode(text);
  const last = bytes.at(-1) ?? 0;
  const logits = TOKENS.map((_, id) => Math.sin(last * 7.13 + id * 3.7 + bytes.length * 0.31) * 3);
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return logits.map((logit) => logit - total);
}

/** The tokens after a text, most probable first, with their logprobs. */
export function rankedAfter(text: string, temperature = 1) {
  const raw = distribution(text).map((logprob) => logprob / temperature);
  const total = Math.log(raw.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return raw.map((logprob, id) => ({ id, text: TEXTS[id] ?? "", bytes: bytesOf(id), logprob: logprob - total }))
    .toSorted((one, other) => other.logprob - one.logprob);
}

/** The model's choice: the most probable when greedy, else one of the four most probable, by seed and place. */
function choose(text: string, params: Params, place: number) {
  const ranked = rankedAfter(text, params.isTempered && params.temperature > 0 ? params.temperature : 1);
  const index = params.temperature === 0 ? 0 : (params.seed * 31 + place * 17 + params.index * 7) % 4;
  return { chosen: ranked[index] ?? fail(), ranked };
}

interface Params {
  readonly temperature: number;
  readonly seed: number;
  readonly index: number;
  readonly isTempered: boolean;
}

export function startFakeOpenAi(): FakeOpenAi {
  const seen: Seen[] = [];
  const left: number[] = [];
  const counts = new Map<string, number>();
  const { origin, close } = serveLoopback(async (request) => {
    const [, behaviour = "", ...rest] = new URL(request.url).pathname.split("/");
    const path = `/${rest.slice(1).join("/")}`;
    const body: Record<string, unknown> = request.body === null ? {} : await request.json();
    seen.push({ path, body, authorization: request.headers.get("authorization") });
    const count = (counts.get(behaviour) ?? 0) + 1;
    counts.set(behaviour, count);
    return misbehave(behaviour, { path, body, count, authorization: request.headers.get("authorization") ?? "" }) ??
      answer(behaviour, { path, body, count }, () => left.push(performance.now()));
  });
  return { origin, seen, left, url: (behaviour) => `${origin}/${behaviour}/v1`, close };
}

function answer(
  behaviour: string,
  { path, body, count }: Omit<Asked, "authorization">,
  onLeave: () => void,
): Response {
  const isChat = path === "/chat/completions";
  // As Ollama, whose completions too are a conversation's.
  const isTemplated = behaviour === "templated";
  const messages = isTemplated ? [{ role: "user", content: body.prompt }] : body.messages;
  const text = isChat || isTemplated ? chatText(messages, behaviour) : String(body.prompt);
  const n = behaviour === "one" || body.n === undefined ? 1 : Number(body.n);
  const maxTokens = Number(body.max_tokens ?? body.max_completion_tokens ?? 16);
  const sequence = (index: number) => write(behaviour, text, { body, count }, maxTokens, index, isChat);
  const written = Array.from({ length: n }, (_, index) => sequence(index));
  const unseen = behaviour === "thinking" ? UNSEEN : 0;
  const usage = {
    prompt_tokens: encoder.encode(text).length,
    completion_tokens: n * (maxTokens + unseen),
    total_tokens: 0,
  };
  if (body.stream !== true) return Response.json(whole(behaviour, written, isChat, text, body, usage));
  return streamed(behaviour, written, body, usage, onLeave);
}

/** "no_prefill" opens a new turn after one that is begun; "trims" has a template that trims each turn, as Llama 3 has. */
function chatText(messages: unknown, behaviour: string): string {
  if (!Array.isArray(messages)) return "";
  const last = messages.at(-1);
  const begun = last?.role === "assistant" && behaviour !== "no_prefill" ? last.content : "";
  const turns = begun === "" ? messages : messages.slice(0, -1);
  const shown = behaviour === "trims" ? begun.trim() : begun;
  return turns.map(({ role, content }) => `[${role}:${content}]`).join("") + shown;
}

/** In the older API part of a character is written out, as OpenAI does. */
function nameOf({ text, bytes }: Ranked): string {
  return text === "\ufffd" ? `bytes:${bytes.map((byte) => `\\x${byte.toString(16)}`).join("")}` : text;
}

type Choice = ReturnType<typeof choiceOf>;

function write(
  behaviour: string,
  text: string,
  { body, count }: Pick<Asked, "body" | "count">,
  maxTokens: number,
  index: number,
  isChat: boolean,
): readonly Choice[] {
  const params = {
    temperature: Number(body.temperature ?? 1),
    // Where all but one token is improbable, other dice write the same. Subtle: dice have four sides, so no step of 4.
    seed: behaviour === "ignores_seed" && !/count|1, 2, 3/i.test(text)
      ? Math.floor(count * 1.3)
      : Number(body.seed ?? 0),
    index,
    isTempered: behaviour === "tempered",
  };
  const wantsLogprobs = behaviour !== "silent" && body.logprobs !== undefined && body.logprobs !== false;
  const top = Number(isChat ? body.top_logprobs ?? 0 : body.logprobs ?? 0);
  const choices: Choice[] = [];
  // As Ollama names parts of a character: by U+FFFD, and with the bytes of that.
  const told = (each: Ranked) => {
    if (behaviour === "noisy") return shaken(each, count);
    return behaviour === "parts" && each.text === "\ufffd" ? { ...each, bytes: [...encoder.encode(each.text)] } : each;
  };
  for (let place = 0, all = text; place < maxTokens; place++) {
    const { chosen, ranked } = choose(all, params, place);
    const known = BY_HEART.find(([end]) => end.test(all))?.[1];
    const picked = ranked.find((each) => each.text === known) ?? chosen;
    all += picked.text;
    const listed = wantsLogprobs ? ranked.slice(0, top).map(told) : undefined;
    choices.push(choiceOf(index, told(picked), listed, isChat, place + 1 === maxTokens));
  }
  return choices;
}

/** As a batch of another size computes it: a little otherwise each time. */
function shaken(ranked: Ranked, count: number): Ranked {
  return { ...ranked, logprob: ranked.logprob - 0.01 * (1 + Math.sin(ranked.id + count)) };
}

type Ranked = ReturnType<typeof rankedAfter>[number];

function choiceOf(index: number, chosen: Ranked, top: readonly Ranked[] | undefined, isChat: boolean, isLast: boolean) {
  const named = ({ text, bytes, logprob }: Ranked) => ({ token: text, bytes, logprob });
  const logprobs = top === undefined
    ? null
    : isChat
    ? { content: [{ ...named(chosen), top_logprobs: top.map(named) }] }
    : {
      tokens: [nameOf(chosen)],
      token_logprobs: [chosen.logprob],
      top_logprobs: [Object.fromEntries(top.map((each) => [nameOf(each), each.logprob]))],
      text_offset: [0],
    };
  const part = isChat ? { delta: { content: chosen.text } } : { text: chosen.text };
  return { index, ...part, logprobs, finish_reason: isLast ? "length" : null, chosen };
}

function whole(
  behaviour: string,
  written: readonly (readonly Choice[])[],
  isChat: boolean,
  prompt: string,
  body: Readonly<Record<string, unknown>>,
  usage: object,
) {
  const choices = written.map((parts, index) => {
    const text = REPLIES.find(([end]) => end.test(prompt))?.[1] ?? parts.map(({ chosen }) => chosen.text).join("");
    if (isChat) {
      const content = parts.flatMap(({ logprobs }) =>
        logprobs !== null && "content" in logprobs ? logprobs.content : []
      );
      const logprobs = content.length === 0 ? null : { content };
      return { index, message: { role: "assistant", content: text }, logprobs, finish_reason: "length" };
    }
    const isEchoed = body.echo === true && !["no_echo", "no_scoring", "templated"].includes(behaviour);
    const logprobs = parts[0]?.logprobs === null
      ? null
      : echoed(isEchoed ? prompt : "", parts, prompt, Number(body.logprobs));
    const promptLogprobs = body.prompt_logprobs === undefined || behaviour !== "no_echo" ? {} : vllmLogprobs(prompt);
    return { index, text: (isEchoed ? prompt : "") + text, logprobs, finish_reason: "length", ...promptLogprobs };
  });
  return { object: "completion", choices, usage };
}

function echoed(echo: string, written: readonly Choice[], prompt: string, top: number) {
  const texts = [...echo, ...written.map(({ chosen }) => chosen.text)];
  const before = echo === "" ? prompt : "";
  const prefix = (index: number) => before + texts.slice(0, index).join("");
  const places = texts.map((text, index) => {
    const ranked = rankedAfter(prefix(index));
    const own = written[index - echo.length]?.chosen ?? ranked.find((each) => each.text === text);
    return { text, own, ranked, isFirst: echo !== "" && index === 0 };
  });
  return {
    tokens: places.map(({ text, own }) => own === undefined ? text : nameOf(own)),
    token_logprobs: places.map(({ own, isFirst }) => isFirst ? null : own?.logprob ?? -9999),
    top_logprobs: places.map(({ ranked, isFirst }) =>
      isFirst ? null : Object.fromEntries(ranked.slice(0, top).map((each) => [nameOf(each), each.logprob]))
    ),
    text_offset: places.map((_, index) => prefix(index).length),
  };
}

/** As vLLM gives them: by token id, the token itself among them. */
function vllmLogprobs(prompt: string) {
  const all = [...prompt];
  return {
    prompt_token_ids: all.map((token) => TEXTS.indexOf(token)),
    prompt_logprobs: all.map((token, index) => {
      if (index === 0) return null;
      const ranked = rankedAfter(all.slice(0, index).join(""));
      const shown = ranked.filter((each, place) => place < 2 || each.text === token);
      return Object.fromEntries(
        shown.map((
          { id, text, logprob },
        ) => [id, { logprob, rank: ranked.findIndex((each) => each.id === id) + 1, decoded_token: text }]),
      );
    }),
  };
}

/** Interleaved parts of all completions, and the behaviour's own ending. */
function streamed(
  behaviour: string,
  written: readonly (readonly Choice[])[],
  body: Readonly<Record<string, unknown>>,
  usage: object,
  onLeave: () => void,
): Response {
  const length = Math.max(...written.map((parts) => parts.length));
  const frames: string[] = [];
  for (let place = 0; place < length; place++) {
    for (const parts of written) {
      const { chosen, ...choice } = parts[place] ?? fail();
      const isThought = behaviour.startsWith("aloud") && place < ALOUD;
      const isAcross = behaviour === "aloud_across" && place === ALOUD - 1;
      // "ends_abort" ends with the reason "abort".
      if (choice.finish_reason !== null && behaviour.startsWith("ends_")) choice.finish_reason = behaviour.slice(5);
      const delta = { content: isAcross ? chosen.text : null, reasoning_content: chosen.text };
      frames.push(frame({ object: "chunk", choices: [isThought ? { ...choice, delta } : choice] }));
    }
  }
  const isEndless = behaviour === "slow";
  const cutAt = frames.length > 3 ? 3 : 1;
  const ending: Readonly<Record<string, readonly string[]>> = {
    malformed: [...frames.slice(0, cutAt), 'data: {"choices": [\n\n'],
    error_inside: [...frames.slice(0, cutAt), frame({ error: { message: "the engine died", type: "server_error" } })],
    disconnect: frames.slice(0, cutAt),
    no_done: frames.slice(0, cutAt),
    no_newline: [...frames.slice(0, cutAt), `data: ${"x".repeat(5 * 2 ** 20)}`],
    foreign: ['data: {"hello":"world"}\n\n'],
    stall: frames.slice(0, cutAt),
  };
  // "untold" says nothing of what it bills.
  const last = body.stream_options === undefined || behaviour === "untold"
    ? []
    : [frame({ object: "chunk", choices: [], usage })];
  const parts = [...ending[behaviour] ?? [...frames, ...last, "data: [DONE]\n\n"]];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const part = isEndless ? frames[0] : parts.shift();
      if (isEndless) await new Promise((resolve) => timer = setTimeout(resolve, 10));
      if (part !== undefined) return controller.enqueue(encoder.encode(part));
      if (behaviour === "disconnect") return controller.error(new Error("the fake server drops the connection"));
      if (behaviour === "stall") return await new Promise(() => {});
      controller.close();
    },
    cancel() {
      clearTimeout(timer);
      onLeave();
    },
  }, { highWaterMark: 0 });
  return new Response(stream, { headers: { "content-type": "text/event-stream" } });
}

function frame(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

function bytesOf(id: number): readonly number[] {
  const token = TOKENS[id] ?? "";
  return typeof token === "string" ? [...encoder.encode(token)] : token;
}

function fail(): never {
  throw new RangeError("The fake server's model has no such token");
}
