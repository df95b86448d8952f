/** The way to one server: requests with retries, deadlines and faults that a page can show. */
import type OpenAI from "openai";
import type { Stream } from "openai/streaming";
import { type Clock, MONOTONIC } from "../clock.ts";
import { readFault } from "./answer.ts";
import { type CheckPlace, GuardedFetch } from "./guarded_fetch.ts";
import { GATEWAY_TIMEOUTS, redact, UpstreamError } from "./upstream_error.ts";
import { thrownText } from "../../lm/thrown.ts";

export interface Endpoint {
  /** Ends before `/chat/completions`. */
  readonly baseUrl: URL;
  readonly key: string | undefined;
  /** Longest wait for a whole answer, or for the first part of a streamed one. */
  readonly timeoutMs: number;
  readonly clock?: Clock;
  readonly checkPlace?: CheckPlace | undefined;
}

export type Body = Readonly<Record<string, unknown>>;

/** Longest wait between two parts of a streamed answer, if `timeoutMs` is not shorter. */
const BETWEEN_MS = 30_000;
/** The package's own deadline ends no answer's body, so that ours holds instead. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;
const NO_KEY = "none";
const RETRIES = 2;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 60_000;
/** Trying again costs money and changes nothing. */
const FINAL_CODES: readonly string[] = ["insufficient_quota", "billing_hard_limit_reached", "spend_limit_reached"];
/** All that a server says of an empty account has this type, whatever its code is. */
const QUOTA_TYPE = "insufficient_quota";

export class Client {
  readonly #openai: OpenAI;
  readonly #way: GuardedFetch;
  readonly #endpoint: Endpoint;
  readonly #clock: Clock;

  private constructor(openai: OpenAI, way: GuardedFetch, endpoint: Endpoint) {
    this.#openai = openai;
    this.#way = way;
    this.#endpoint = endpoint;
    this.#clock = endpoint.clock ?? MONOTONIC;
  }

  /** Loads the package on first use, so that an app without such a generator never does. */
  static async create(endpoint: Endpoint): Promise<Client> {
    const { default: OpenAI } = await import("openai");
    const way = new GuardedFetch(endpoint.checkPlace);
    const openai = new OpenAI({
      // The package wants one; a server without keys does not look.
      apiKey: endpoint.key ?? NO_KEY,
      baseURL: endpoint.baseUrl.href.replace(/\/$/, ""),
      // What is not given here the package would read from the environment.
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      maxRetries: 0,
      timeout: NO_TIMEOUT_MS,
      // Its log would hold what the server sent.
      logLevel: "off",
      fetch: (input, init) => way.fetch(input, { ...init, headers: headersOf(endpoint.key) }),
    });
    return new Client(openai, way, endpoint);
  }

  close(): void {
    this.#way.close();
  }

  get host(): string {
    return this.#endpoint.baseUrl.host;
  }

  /**
   * @param isFinal whether a fault says what was asked for, so that asking again would say nothing else
   * @throws {UpstreamError}
   */
  async ask(
    path: string,
    body: Body,
    signal?: AbortSignal,
    isFinal: (fault: UpstreamError) => boolean = () => false,
  ): Promise<unknown> {
    const { timeoutMs } = this.#endpoint;
    let isBegun = false;
    return await this.#retrying(
      async () => {
        isBegun = false;
        const leaving = new AbortController();
        const sent = this.#openai.post<unknown>(path, { body, signal: eitherOf(leaving, signal) });
        const answered = sent.asResponse().then(() => {
          isBegun = true;
          return sent;
        });
        try {
          const answer = await this.#inTime(answered, timeoutMs, `gave no answer within ${timeoutMs / 1000} s`);
          this.#throwFaultIn(answer);
          if (typeof answer === "object" && answer !== null) return answer;
          throw new UpstreamError(`${this.host} answered with ${kindOf(answer)}`);
        } finally {
          leaving.abort();
        }
      },
      signal,
      // What is lost on its way was made, and billed; what the server itself says in it may pass.
      (fault) => (isBegun && fault.isConnection) || isFinal(fault),
    );
  }

  /**
   * The parts of a streamed answer. Ends without an error when `signal` aborts; the server is told at once. Ends early,
   * without one too, when the connection is lost after a part: what came is kept, and who reads sees no reason of an end.
   * @throws {UpstreamError}
   */
  async *stream(path: string, body: Body, signal?: AbortSignal): AsyncGenerator<unknown, void, void> {
    const { timeoutMs } = this.#endpoint;
    const leaving = new AbortController();
    const either = eitherOf(leaving, signal);
    let isBegun = false;
    try {
      const opened = () => this.#open(path, { ...body, stream: true }, either);
      const late = `gave no answer within ${timeoutMs / 1000} s`;
      const stream = await this.#retrying(() => this.#inTime(opened(), timeoutMs, late), either);
      for await (const part of this.#parts(stream, either)) {
        isBegun = true;
        yield part;
      }
    } catch (error) {
      if (either.aborted) return;
      const fault = this.#fault(error);
      if (!(isBegun && fault.isConnection)) throw fault;
    } finally {
      leaving.abort();
    }
  }

  async #open(path: string, body: Body, signal: AbortSignal): Promise<Stream<unknown>> {
    const sent = this.#openai.post<Stream<unknown>>(path, { body, signal, stream: true });
    const { data, response } = await sent.withResponse();
    const type = response.headers.get("content-type") ?? "";
    if (!/text\/html|application\/json/i.test(type)) return data;
    // What cannot be read tells of no fault.
    if (/json/i.test(type)) this.#throwFaultIn(await response.json().catch(() => undefined));
    data.controller.abort();
    throw new UpstreamError(
      `${this.host} answered with ${type.split(";")[0]} instead of a stream: is the base URL right?`,
    );
  }

  async *#parts(stream: Stream<unknown>, signal: AbortSignal): AsyncGenerator<unknown, void, void> {
    const parts = stream[Symbol.asyncIterator]();
    const { timeoutMs } = this.#endpoint;
    let waitMs = timeoutMs;
    try {
      while (!signal.aborted) {
        const next = await this.#inTime(parts.next(), waitMs, `sent nothing for ${waitMs / 1000} s`);
        if (next.done === true) return;
        yield next.value;
        waitMs = Math.min(timeoutMs, BETWEEN_MS);
      }
    } finally {
      stream.controller.abort();
    }
  }

  /** @param late what the server did, when the time is over first */
  async #inTime<Value>(promise: Promise<Value>, ms: number, late: string): Promise<Value> {
    let stopTimer = () => {};
    const tooLate = new Promise<never>((_, reject) => {
      const fault = new UpstreamError(`${this.host} ${late}`, { isTimeout: true });
      stopTimer = this.#clock.after(ms, () => reject(fault));
    });
    promise.catch(() => {}); // Whoever was late is heard no more.
    try {
      return await Promise.race([promise, tooLate]);
    } finally {
      stopTimer();
    }
  }

  /** Tries again before anything was shown, and only where that helps. */
  async #retrying<Result>(
    send: () => Promise<Result>,
    signal: AbortSignal | undefined,
    isFinal: (fault: UpstreamError) => boolean = () => false,
  ): Promise<Result> {
    for (let attempt = 0;; attempt++) {
      try {
        return await send();
      } catch (error) {
        signal?.throwIfAborted();
        const fault = this.#fault(error);
        const delayMs = isFinal(fault) ? undefined : retryDelayMs(fault, attempt);
        if (delayMs === undefined) throw fault;
        await waited(delayMs, signal, this.#clock);
      }
    }
  }

  /** Gateways tell so of a fault of the server behind them. */
  #throwFaultIn(answer: unknown): void {
    const fault = readFault(answer);
    if (fault === undefined) return;
    throw new UpstreamError(redact(`${this.host} failed: ${fault.message}`, this.#endpoint.key), fault);
  }

  #fault(error: unknown): UpstreamError {
    if (error instanceof UpstreamError) return error;
    // The package wraps what our own fetch throws.
    if (error instanceof Error && error.cause instanceof UpstreamError) return error.cause;
    const { key } = this.#endpoint;
    const facts = factsOf(error);
    const { status, message, cause } = facts;
    if (status !== undefined) {
      const refusal = status === 401
        ? `${this.host} refused the key (401)`
        : GATEWAY_TIMEOUTS.includes(status)
        ? `${this.host} answered ${status}, as a gateway gave up waiting`
        : `${this.host} answered ${status}`;
      // The package puts the status before the server's own words.
      const words = message.replace(new RegExp(`^${status} `), "");
      return new UpstreamError(redact(`${refusal}: ${words}`, key), facts);
    }
    if (/NotCapable|Requires net access/.test(cause)) {
      return new UpstreamError(`The app may not reach ${this.host}: start it by "deno task start:remote", which may`, {
        code: "not_allowed",
      });
    }
    const reason = cause === "" || message.includes(cause) ? message : `${message} ${cause}`;
    if (facts.name === "APIError") return new UpstreamError(redact(`${this.host} failed: ${reason}`, key), facts);
    if (facts.name === "SyntaxError") {
      return new UpstreamError(redact(`${this.host} sent malformed JSON: ${reason}`, key), facts);
    }
    const lost = redact(`The way to ${this.host} failed: ${reason}`, key);
    return new UpstreamError(lost, { ...facts, isConnection: true });
  }
}

/**
 * All that a request tells besides its body.
 * Subtle: the package adds what OPENAI_CUSTOM_HEADERS of the environment says, such as another server's key, and in place
 * of ours; so none of its headers is sent.
 */
function headersOf(key = NO_KEY): Headers {
  return new Headers({
    accept: "application/json",
    authorization: `Bearer ${key}`,
    "content-type": "application/json",
    "user-agent": "visuallm",
  });
}

function factsOf(error: unknown) {
  const name = error instanceof Error ? error.constructor.name : "";
  const message = thrownText(error);
  const of = (key: string): unknown =>
    typeof error === "object" && error !== null ? Reflect.get(error, key) : undefined;
  const text = (key: string) => typeof of(key) === "string" ? String(of(key)) : undefined;
  const status = of("status"), headers = of("headers"), cause = of("cause");
  return {
    name,
    message,
    status: typeof status === "number" ? status : undefined,
    code: text("type") === QUOTA_TYPE ? QUOTA_TYPE : text("code"),
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
  const { status, code, retryAfterMs: wanted, isConnection, isTimeout } = fault;
  if (attempt >= RETRIES || isTimeout || code === "not_allowed") return undefined;
  if (code !== undefined && FINAL_CODES.includes(code)) return undefined;
  const isPassing = isConnection || status !== undefined && ([408, 409, 429].includes(status) || status >= 500);
  if (!isPassing || (wanted ?? 0) > LONGEST_DELAY_MS) return undefined;
  return wanted ?? Math.random() * FIRST_DELAY_MS * 2 ** attempt;
}

function waited(ms: number, signal: AbortSignal | undefined, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      stopTimer();
      reject(signal?.reason);
    };
    const stopTimer = clock.after(ms, () => {
      signal?.removeEventListener("abort", leave);
      resolve();
    });
    signal?.addEventListener("abort", leave, { once: true });
  });
}

function eitherOf(leaving: AbortController, signal: AbortSignal | undefined): AbortSignal {
  return signal === undefined ? leaving.signal : AbortSignal.any([leaving.signal, signal]);
}

/** What came in place of JSON. */
function kindOf(answer: unknown): string {
  const isStream = typeof answer === "string" && /^(?:data|event|id|retry)?:/.test(answer.trimStart());
  return isStream
    ? "a stream of events instead of JSON, although none was asked for"
    : "a page instead of JSON: is the base URL right?";
}
