/** The way to one server: requests with retries, deadlines and faults that a page can show. */
import type OpenAI from "openai";
import type { Stream } from "openai/streaming";
import { redact, UpstreamError } from "./upstream_error.ts";

export interface Endpoint {
  /** Ends before `/chat/completions`. */
  readonly baseUrl: URL;
  readonly key: string | undefined;
  /** Longest wait for an answer's begin, and for each next part of it. */
  readonly timeoutMs: number;
  /** Throws when requests may not go there now; called before each. */
  readonly checkPlace?: (() => Promise<void>) | undefined;
}

export type Body = Readonly<Record<string, unknown>>;

const RETRIES = 2;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 60_000;
/** Longer lines than this are no event, but a server gone wrong. */
const LONGEST_LINE_BYTES = 4 * 2 ** 20;
/** Trying again costs money and changes nothing. */
const FINAL_CODES: readonly string[] = ["insufficient_quota", "billing_hard_limit_reached", "spend_limit_reached"];

export class Client {
  readonly #openai: OpenAI;
  readonly #endpoint: Endpoint;

  private constructor(openai: OpenAI, endpoint: Endpoint) {
    this.#openai = openai;
    this.#endpoint = endpoint;
  }

  /** Loads the package on first use, so that an app without such a generator never does. */
  static async create(endpoint: Endpoint): Promise<Client> {
    const { default: OpenAI } = await import("openai");
    const openai = new OpenAI({
      // The package wants one; a server without keys does not look.
      apiKey: endpoint.key ?? "none",
      baseURL: endpoint.baseUrl.href.replace(/\/$/, ""),
      // What is not given here the package would read from the environment.
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      maxRetries: 0,
      timeout: endpoint.timeoutMs,
      // Its log would hold what the server sent.
      logLevel: "off",
      fetch: async (input, init) => {
        await endpoint.checkPlace?.();
        return await guardedFetch(input, init);
      },
    });
    return new Client(openai, endpoint);
  }

  get host(): string {
    return this.#endpoint.baseUrl.host;
  }

  /** @throws {UpstreamError} */
  async ask(path: string, body: Body, signal?: AbortSignal): Promise<unknown> {
    return await this.#retrying(async () => {
      const answer = await this.#openai.post<unknown>(path, { body, signal });
      if (typeof answer === "object" && answer !== null) return answer;
      throw new UpstreamError(`${this.host} answered with a page instead of JSON: is the base URL right?`);
    }, signal);
  }

  /**
   * The parts of a streamed answer. Ends without an error when `signal` aborts; the server is told at once.
   * @throws {UpstreamError}
   */
  async *stream(path: string, body: Body, signal?: AbortSignal): AsyncGenerator<unknown, void, void> {
    const leaving = new AbortController();
    const either = signal === undefined ? leaving.signal : AbortSignal.any([leaving.signal, signal]);
    try {
      const stream = await this.#retrying(() => this.#open(path, { ...body, stream: true }, either), either);
      yield* this.#parts(stream, either);
    } catch (error) {
      if (!either.aborted) throw this.#fault(error);
    } finally {
      leaving.abort();
    }
  }

  async #open(path: string, body: Body, signal: AbortSignal): Promise<Stream<unknown>> {
    const sent = this.#openai.post<Stream<unknown>>(path, { body, signal, stream: true });
    const { data, response } = await sent.withResponse();
    const type = response.headers.get("content-type") ?? "";
    if (!/text\/html|application\/json/i.test(type)) return data;
    data.controller.abort();
    throw new UpstreamError(
      `${this.host} answered with ${type.split(";")[0]} instead of a stream: is the base URL right?`,
    );
  }

  async *#parts(stream: Stream<unknown>, signal: AbortSignal): AsyncGenerator<unknown, void, void> {
    const parts = stream[Symbol.asyncIterator]();
    try {
      while (!signal.aborted) {
        const next = await this.#inTime(parts.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      stream.controller.abort();
    }
  }

  async #inTime<Value>(promise: Promise<Value>): Promise<Value> {
    const { timeoutMs } = this.#endpoint;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const fault = new UpstreamError(`${this.host} sent nothing for ${timeoutMs / 1000} s`, { isTimeout: true });
      timer = setTimeout(() => reject(fault), timeoutMs);
    });
    promise.catch(() => {}); // Whoever was late is heard no more.
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Tries again before anything was shown, and only where that helps. */
  async #retrying<Result>(send: () => Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
    for (let attempt = 0;; attempt++) {
      try {
        return await send();
      } catch (error) {
        signal?.throwIfAborted();
        const fault = this.#fault(error);
        const delayMs = retryDelayMs(fault, attempt);
        if (delayMs === undefined) throw fault;
        await waited(delayMs, signal);
      }
    }
  }

  #fault(error: unknown): UpstreamError {
    if (error instanceof UpstreamError) return error;
    // The package wraps what our own fetch throws.
    if (error instanceof Error && error.cause instanceof UpstreamError) return error.cause;
    const { key } = this.#endpoint;
    const facts = factsOf(error);
    const { status, message, cause } = facts;
    if (status !== undefined) {
      const refusal = status === 401 ? `${this.host} refused the key (401)` : `${this.host} answered ${status}`;
      return new UpstreamError(redact(`${refusal}: ${message}`, key), facts);
    }
    if (facts.name === "APIConnectionTimeoutError") {
      const seconds = this.#endpoint.timeoutMs / 1000;
      return new UpstreamError(`${this.host} gave no answer within ${seconds} s`, { isTimeout: true });
    }
    if (/NotCapable|Requires net access/.test(cause)) {
      return new UpstreamError(`The app may not reach ${this.host}: start it by "deno task start:remote", which may`, {
        code: "not_allowed",
      });
    }
    const reason = cause === "" || message.includes(cause) ? message : `${message} ${cause}`;
    return new UpstreamError(redact(`The way to ${this.host} failed: ${reason}`, key), facts);
  }
}

function factsOf(error: unknown) {
  const name = error instanceof Error ? error.constructor.name : "";
  const message = error instanceof Error ? error.message : String(error);
  const of = (key: string): unknown =>
    typeof error === "object" && error !== null ? Reflect.get(error, key) : undefined;
  const text = (key: string) => typeof of(key) === "string" ? String(of(key)) : undefined;
  const status = of("status"), headers = of("headers"), cause = of("cause");
  return {
    name,
    message,
    status: typeof status === "number" ? status : undefined,
    code: text("code"),
    param: text("param"),
    cause: cause instanceof Error ? `${cause.name}: ${cause.message}` : "",
    retryAfterMs: headers instanceof Headers ? retryAfterMs(headers) : undefined,
  };
}

/** Seconds, a date, or OpenAI's milliseconds. */
function retryAfterMs(headers: Headers): number | undefined {
  const milliseconds = headers.get("retry-after-ms"), after = headers.get("retry-after");
  if (milliseconds !== null && Number.isFinite(Number(milliseconds))) return Math.max(0, Number(milliseconds));
  if (after === null) return undefined;
  const ms = Number.isFinite(Number(after)) ? Number(after) * 1000 : Date.parse(after) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Undefined when trying again cannot help: the request or the key is at fault, the account is empty, or time is up. */
function retryDelayMs(fault: UpstreamError, attempt: number): number | undefined {
  const { status, code, retryAfterMs: wanted, isTimeout } = fault;
  if (attempt >= RETRIES || isTimeout || code === "not_allowed") return undefined;
  if (code !== undefined && FINAL_CODES.includes(code)) return undefined;
  const isPassing = status === undefined
    ? /^The way to/.test(fault.message)
    : [408, 409, 429].includes(status) || status >= 500;
  if (!isPassing || (wanted ?? 0) > LONGEST_DELAY_MS) return undefined;
  return wanted ?? Math.random() * FIRST_DELAY_MS * 2 ** attempt;
}

function waited(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", leave);
      resolve();
    }, ms);
    signal?.addEventListener("abort", leave, { once: true });
  });
}

/** Follows no redirect, so that the key reaches its own origin only; cuts off an answer whose lines never end. */
async function guardedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, { ...init, redirect: "manual" });
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    throw new UpstreamError(
      "The server sends requests elsewhere (a redirect), which is not followed: mend the base URL",
    );
  }
  if (response.body === null) return response;
  let lineBytes = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const end = chunk.lastIndexOf(10);
        lineBytes = end < 0 ? lineBytes + chunk.length : chunk.length - end - 1;
        if (lineBytes <= LONGEST_LINE_BYTES) return controller.enqueue(chunk);
        controller.error(new UpstreamError("The server sent a line that does not end"));
      },
    }),
  );
  const { status, statusText, headers } = response;
  return new Response(counted, { status, statusText, headers });
}
