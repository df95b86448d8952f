import type { Message } from "../../lm/message.ts";
import type { Generator, GeneratorSource, OpenContext } from "../generator.ts";
import { Client } from "./client.ts";
import { Dialect, type Mode } from "./dialect.ts";
import { TokenBook } from "./token_book.ts";
import { type Peer, write } from "./writing.ts";

export interface OpenAiOptions {
  readonly model: string;
  /** Ends before `/chat/completions`; default: `OPENAI_BASE_URL` of the environment, else OpenAI's own. */
  readonly baseUrl?: string;
  /**
   * Name of the environment variable that holds the key, never the key itself; default `OPENAI_API_KEY`.
   * With a `baseUrl` of one's own it must be named, so that a key reaches no server that it was not meant for.
   */
  readonly apiKeyEnv?: string;
  /** `completions` continues the prompt's exact text; `chat`, the default, puts it into a conversation. */
  readonly mode?: Mode;
  /** Longest silence of the server. */
  readonly timeoutMs?: number;
}

const OPENAI_URL = "https://api.openai.com/v1";
const DEFAULT_KEY = "OPENAI_API_KEY";
const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * A model behind OpenAI's API: OpenAI, vLLM, SGLang, llama.cpp, Ollama, LiteLLM …
 * What the server tells of its probabilities is shown as it is; what it does not tell is bounded or said to be unknown.
 * @example openai({ model: "gpt-4o-mini" })
 * @example openai({ model: "llama3.2", baseUrl: "http://127.0.0.1:11434/v1", mode: "completions" })
 */
export function openai(options: OpenAiOptions): GeneratorSource {
  const { model, mode = "chat", timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  if (model === "") throw new TypeError("Cannot make a generator: openai({ model }) needs the model's name");
  return {
    kind: "openai",
    label: model,
    check: (context) => Promise.resolve(void place(options, context)),
    async open(context) {
      const { baseUrl, key } = place(options, context);
      const client = await Client.create({ baseUrl, key, timeoutMs });
      const dialect = new Dialect(model, mode, baseUrl.origin === new URL(OPENAI_URL).origin);
      const peer: Peer = { client, dialect, book: new TokenBook(), takesPrefill: false, isTempered: undefined };
      return generatorOf(peer);
    },
  };
}

/** @throws {TypeError} naming the setting that is missing or malformed, never its value when it is a key */
function place(options: OpenAiOptions, { env = () => undefined }: OpenContext) {
  const own = options.baseUrl;
  const name = options.apiKeyEnv ?? (own === undefined ? DEFAULT_KEY : undefined);
  const text = own ?? (env("OPENAI_BASE_URL") || OPENAI_URL);
  const baseUrl = URL.canParse(text) ? new URL(text) : undefined;
  if (
    baseUrl === undefined || !/^https?:$/.test(baseUrl.protocol) || baseUrl.username !== "" || baseUrl.password !== ""
  ) {
    throw new TypeError("Cannot use the base URL: expected http:// or https://, a host and a path, without a password");
  }
  const key = name === undefined ? undefined : env(name) || undefined;
  if (key === undefined && (options.apiKeyEnv !== undefined || baseUrl.href.startsWith(OPENAI_URL))) {
    throw new TypeError(`Cannot reach ${baseUrl.host} without a key: set ${name ?? DEFAULT_KEY} in the environment`);
  }
  return { baseUrl, key };
}

function generatorOf(peer: Peer): Generator {
  return {
    facts: { device: peer.client.host },
    generate: (request) => write(peer, request),
    renderChat: (messages) => Promise.resolve(readable(messages)),
    close: () => Promise.resolve(),
  };
}

/** A conversation for people to read: the server makes the exact text of it by a template of its own. */
function readable(messages: readonly Message[]): string {
  return messages.map(({ role, content }) => `[${role}]\n${content}\n\n`).join("") + "[assistant]\n";
}
