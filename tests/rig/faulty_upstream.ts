/**
 * A server of OpenAI's API that answers small calls well and streams badly, byte for byte, in the way that the first part
 * of the path names. What a good answer is, it asks the fake server.
 */
import { type FakeOpenAi, startFakeOpenAi } from "./fake_openai.ts";

export interface FaultyUpstream {
  /** The base URL of a behaviour. */
  url(behaviour: Behaviour): string;
  /** Streams that were asked for, by behaviour. */
  readonly asked: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

interface Answer {
  readonly send: (text: string | Uint8Array) => Promise<void>;
  /** Frames of a good stream, the last one without `[DONE]`. */
  readonly frames: readonly string[];
  /** Which request of its behaviour this is, from 1. */
  readonly count: number;
}

type Behave = (answer: Answer) => Promise<void>;

/** Never resolves: the connection stays as it is until the client or the test's end closes it. */
const forever = () => new Promise<void>(() => {});
/** What the first token of `split_utf8` reads, sent byte by byte. */
export const SPLIT_TEXT = "é日👩";
const DONE = "data: [DONE]\n\n";
const SOON = "retry-after-ms: 5\r\n";

function head(status: number, type: string, more = ""): string {
  return `HTTP/1.1 ${status} X\r\ncontent-type: ${type}\r\nconnection: close\r\n${more}\r\n`;
}

const STREAM = head(200, "text/event-stream");
const CHUNKED = head(200, "text/event-stream", "transfer-encoding: chunked\r\n");

function chunk(text: string): string {
  return `${new TextEncoder().encode(text).length.toString(16)}\r\n${text}\r\n`;
}

function refuses(status: number, error: object, more = SOON): Behave {
  return async ({ send }) => await send(head(status, "application/json", more) + JSON.stringify({ error }));
}

function streams(textOf: (frames: readonly string[]) => string): Behave {
  return async ({ send, frames }) => await send(STREAM + textOf(frames));
}

function begins(then: string): Behave {
  return streams((frames) => frames.slice(0, 3).join("") + then);
}

/** The frame with other keys in its choice; a frame without one as it is. */
function changed(frame: string, keys: object): string {
  const { choices: [choice], ...rest } = JSON.parse(frame.replace(/^data: /, ""));
  return choice === undefined ? frame : `data: ${JSON.stringify({ ...rest, choices: [{ ...choice, ...keys }] })}\n\n`;
}

const whole = streams((frames) => frames.join("") + DONE);

export const BEHAVIOURS = {
  ok: whole,
  json: async ({ send }) => await send(head(200, "application/json") + '{"choices":[]}'),
  no_logprobs: streams((frames) => frames.map((frame) => changed(frame, { logprobs: null })).join("") + DONE),
  bad_request: refuses(400, { message: "no such thing", code: "invalid" }),
  key: refuses(401, { message: "wrong key", code: "invalid_api_key" }),
  forbidden: refuses(403, { message: "not allowed here" }),
  unknown_model: refuses(404, { message: "no such model", code: "model_not_found" }),
  timeout: refuses(408, { message: "too slow" }),
  conflict: refuses(409, { message: "locked" }),
  rate_seconds: refuses(429, { message: "slower", code: "rate_limit_exceeded" }, "retry-after: 0.01\r\n"),
  rate_date: refuses(
    429,
    { message: "slower", code: "rate_limit_exceeded" },
    `retry-after: ${new Date(0).toUTCString()}\r\n`,
  ),
  slow_down: refuses(429, { message: "slower", code: "slow_down" }),
  quota: refuses(429, { message: "no money", code: "insufficient_quota", type: "insufficient_quota" }),
  spend_limit: refuses(429, { message: "no money", code: "project_limit", type: "insufficient_quota" }),
  broken: refuses(500, { message: "boom" }),
  html_502: async ({ send }) => await send(head(502, "text/html", SOON) + "<h1>Bad gateway</h1>"),
  then_ok: async (answer) => {
    if (answer.count > 1) return await whole(answer);
    await answer.send(head(503, "application/json", SOON) + '{"error":{"message":"starting"}}');
  },
  overloaded: refuses(529, { message: "overloaded" }),
  closes: () => Promise.resolve(),
  no_headers: forever,
  no_body: async ({ send }) => {
    await send(STREAM);
    await forever();
  },
  stall: async ({ send, frames }) => {
    await send(STREAM + frames.slice(0, 3).join("") + (frames[3] ?? "").slice(0, 40));
    await forever();
  },
  drip: async ({ send, frames }) => {
    await send(STREAM + frames[0]);
    for (const letter of frames[1] ?? "") {
      await send(letter);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  },
  no_done: async ({ send, frames }) =>
    await send(CHUNKED + frames.slice(0, 3).map(chunk).join("") + chunk("").slice(0, 5)),
  close_delimited: begins(""),
  cut_chunk: async ({ send, frames }) => await send(CHUNKED + chunk(frames.slice(0, 3).join("")) + "1000\r\ndata: {"),
  after_done: streams((frames) => frames.join("") + DONE + (frames[0] ?? "") + "data: {broken\n\n"),
  malformed: begins('data: {"choices": [\n\n'),
  foreign: streams(() => 'data: {"hello":"world"}\n\n'),
  error_object: begins('data: {"error":{"message":"the engine died","type":"server_error"}}\n\n'),
  error_event: begins('event: error\ndata: {"error":{"message":"the engine died"}}\n\n'),
  no_newline: async ({ send, frames }) => {
    await send(STREAM + frames.slice(0, 3).join("") + "data: ");
    const piece = "x".repeat(2 ** 20);
    for (let megabytes = 0; megabytes < 100; megabytes++) await send(piece);
  },
  comments: async ({ send, frames }) => {
    await send(STREAM + frames[0]);
    while (true) {
      await send(": still here\n\n");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  },
  split_utf8: async ({ send, frames }) => {
    const [first = "", ...rest] = frames;
    const text = changed(first, { delta: { content: SPLIT_TEXT }, logprobs: null }) + rest.join("") + DONE;
    await send(STREAM);
    for (const byte of new TextEncoder().encode(text)) await send(Uint8Array.of(byte));
  },
  invalid_utf8: async ({ send, frames }) => {
    await send(STREAM + frames[0]);
    await send(Uint8Array.of(...new TextEncoder().encode(": "), 0xff, 0xfe, 10, 10));
    await send(frames.slice(1).join("") + DONE);
  },
  crlf: streams((frames) => (frames.join("") + DONE).replaceAll("\n", "\r\n")),
  cr: streams((frames) => (frames.join("") + DONE).replaceAll("\n", "\r")),
  bom: streams((frames) => "\ufeff" + frames.join("") + DONE),
  html: async ({ send }) => await send(head(200, "text/html") + "<h1>Welcome</h1>"),
  redirect: async ({ send }) => await send(head(307, "text/plain", "location: http://127.0.0.1:1/steal\r\n")),
} as const satisfies Readonly<Record<string, Behave>>;

export type Behaviour = keyof typeof BEHAVIOURS;

export function startFaultyUpstream(): FaultyUpstream {
  const fake = startFakeOpenAi();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Set<Deno.Conn>();
  const asked = new Map<string, number>();
  const work = new Set<Promise<void>>();
  const serving = (async () => {
    for await (const connection of listener) {
      connections.add(connection);
      const answered = answer(connection, fake, asked).catch(() => {}) // Clients leave as they like.
        .finally(() => close(connection));
      work.add(answered);
    }
  })();
  return {
    asked,
    url: (behaviour) => `http://127.0.0.1:${listener.addr.port}/${behaviour}/v1`,
    async close() {
      listener.close();
      await serving.catch(() => {});
      for (const connection of connections) close(connection);
      await fake.close();
    },
  };
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // The other end was faster.
  }
}

async function answer(connection: Deno.Conn, fake: FakeOpenAi, asked: Map<string, number>): Promise<void> {
  const { path, body } = await readRequest(connection);
  const [, behaviour = "", , ...rest] = path.split("/");
  const send = async (text: string | Uint8Array) => {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
  };
  const good = await fetch(`${fake.url("ok")}/${rest.join("/")}`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  });
  const text = await good.text();
  if (JSON.parse(body).stream !== true) return await send(head(200, "application/json") + text);
  const count = (asked.get(behaviour) ?? 0) + 1;
  asked.set(behaviour, count);
  const frames = text.split("\n\n").filter((frame) => frame !== "" && !frame.includes("[DONE]")).map((frame) =>
    `${frame}\n\n`
  );
  const behave: Behave | undefined = Object.entries(BEHAVIOURS).find(([name]) => name === behaviour)?.[1];
  await behave?.({ send, frames, count });
}

async function readRequest(connection: Deno.Conn): Promise<{ readonly path: string; readonly body: string }> {
  const decoder = new TextDecoder(), buffer = new Uint8Array(65_536);
  let text = "";
  while (true) {
    const count = await connection.read(buffer);
    if (count === null) throw new Error("The client left before its request was whole");
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
    const end = text.indexOf("\r\n\r\n");
    const length = Number(/^content-length: (\d+)$/im.exec(text)?.[1] ?? 0);
    const body = text.slice(end + 4);
    if (end >= 0 && new TextEncoder().encode(body).length >= length) return { path: text.split(" ")[1] ?? "", body };
  }
}
