import { checkFields } from "../../lm/checked_fields.ts";
import { readablePrompt } from "../../lm/prompt_messages.ts";
import type { Generator, GeneratorSource, OpenContext } from "../generator.ts";
import { placeOf } from "./private_host.ts";
import { Client } from "./client.ts";
import { Dialect, type Mode } from "./dialect.ts";
import { type Abilities, probe } from "./probe.ts";
import { scoreText } from "./scoring.ts";
import { Stepping } from "./stepping.ts";
import { TokenBook } from "./token_book.ts";
import { UpstreamError } from "./upstream_error.ts";
import { type Peer, write } from "./writing.ts";

export interface OpenAiOptions {
  /** Default: `OPENAI_MODEL` of the environment, else `gpt-4o-mini`. */
  readonly model?: string;
  /** Ends before `/chat/completions`; default: `OPENAI_BASE_URL` of the environment, else OpenAI's own. */
  readonly baseUrl?: string;
  /**
   * Name of the environment variable that holds the key, never the key itself; default `OPENAI_API_KEY`.
   * With a `baseUrl` of one's own it must be named, so that a key reaches no server that it was not meant for.
   */
  readonly apiKeyEnv?: string;
  /**
   * `completions` continues the prompt's exact text, where the server does: Ollama puts it into a conversation there too,
   * which is what `chat`, the default, asks for.
   */
  readonly mode?: Mode;
  /** Longest wait for the begin of an answer, 60 s by default; between its parts it is 30 s, or this if it is less. */
  readonly timeoutMs?: number;
}

/** Every option, for what is misspelt to be told. */
const OPTIONS: Readonly<Record<keyof OpenAiOptions, true>> = {
  model: true,
  baseUrl: true,
  apiKeyEnv: true,
  mode: true,
  timeoutMs: true,
};

const OPENAI_URL = "https://api.openai.com/v1";
const OPENAI_HOST = new URL(OPENAI_URL).host;
const DEFAULT_MODEL = "gpt-4o-mini";
const DEFAULT_KEY = "OPENAI_API_KEY";
const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * A model behind OpenAI's API: OpenAI, vLLM, SGLang, llama.cpp, Ollama, LiteLLM …
 * What the server tells of its probabilities is shown as it is; what it does not tell is bounded or said to be unknown.
 * @throws {TypeError} naming an option that there is not
 * @example openai({ model: "gpt-4o-mini" })
 * @example openai({ model: "llama3.2", baseUrl: "http://127.0.0.1:11434/v1" }) // Ollama
 * @example openai({ model: "my-model", baseUrl: "http://127.0.0.1:8080/v1", mode: "completions" }) // llama.cpp
 */
export function openai(options: OpenAiOptions = {}): GeneratorSource {
  checkFields("a generator by openai()", options, OPTIONS);
  const { mode = "chat", timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  return {
    kind: "openai",
    label: options.model ?? "OPENAI_MODEL",
    check: async (context) => void await place(options, context),
    async open(context) {
      const { baseUrl, key, checkPlace } = await place(options, context);
      const client = await Client.create({ baseUrl, key, timeoutMs, checkPlace });
      const model = options.model ?? (context.env?.("OPENAI_MODEL") || DEFAULT_MODEL);
      const dialect = new Dialect(model, mode, baseUrl.origin === new URL(OPENAI_URL).origin);
      const abilities = await probe(client, dialect).catch((error) => {
        client.close();
        throw error;
      });
      const { takesPrefill, trimsPrefill, isTempered } = abilities;
      const peer = { client, dialect, book: new TokenBook(), takesPrefill, trimsPrefill, isTempered };
      return generatorOf(peer, abilities);
    },
  };
}

/**
 * Where the server is, its key, and what looks at the place again before each request, as names change their addresses.
 * @throws {TypeError} naming the setting that is missing or malformed, never its value when it is a key
 */
async function place(options: OpenAiOptions, { env = () => undefined, isPublic = false }: OpenContext) {
  const own = options.baseUrl;
  const name = options.apiKeyEnv ?? (own === undefined ? DEFAULT_KEY : undefined);
  const text = own ?? (env("OPENAI_BASE_URL") || OPENAI_URL);
  const baseUrl = URL.canParse(text) ? new URL(text) : undefined;
  if (
    baseUrl === undefined || !/^https?:$/.test(baseUrl.protocol) || baseUrl.username !== "" || baseUrl.password !== ""
  ) {
    const setting = own === undefined ? "OPENAI_BASE_URL" : "baseUrl of openai()";
    throw new TypeError(
      `Cannot use the base URL (${setting}): expected http:// or https://, a host and a path, without a password`,
    );
  }
  const mayBeInside = !isPublic || text === env("OPENAI_BASE_URL");
  const checkPlace = mayBeInside ? undefined : () => checkOutside(baseUrl);
  await checkPlace?.();
  const key = name === undefined ? undefined : env(name) || undefined;
  if (key === undefined && (options.apiKeyEnv !== undefined || baseUrl.href.startsWith(OPENAI_URL))) {
    const other = options.apiKeyEnv === undefined && own === undefined ? ", or OPENAI_BASE_URL to another server" : "";
    throw new TypeError(
      `Cannot reach ${baseUrl.host} without a key: set ${name ?? DEFAULT_KEY} in the environment${other}`,
    );
  }
  return { baseUrl, key, checkPlace };
}

/**
 * The address to connect to; undefined over https, where a server has to prove its name before anything is sent, which
 * none that the name is turned to can.
 * @throws {UpstreamError} for an address of the app's own network, whatever name it goes by
 */
async function checkOutside(baseUrl: URL): Promise<string | undefined> {
  const { isInside, addresses: [first] } = await placeOf(baseUrl);
  if (isInside) {
    const where = `${baseUrl.hostname} is in the app's own network, and strangers reach the app`;
    throw new UpstreamError(`Cannot use the base URL: ${where}; OPENAI_BASE_URL in the environment may name it`);
  }
  if (baseUrl.protocol === "https:") return undefined;
  if (first === undefined) {
    throw new UpstreamError(`Cannot use the base URL: no address of ${baseUrl.hostname} is known`);
  }
  return first;
}

function generatorOf(peer: Peer, abilities: Abilities): Generator {
  const { scoring, hasLogprobs, takesPrefill } = abilities;
  const steps = new Stepping(peer);
  const { host } = peer.client;
  const isChat = peer.dialect.mode === "chat";
  const noScore = isChat
    ? `in chat mode ${host} tells no probabilities of a given text; openai({ mode: "completions" }) may`
    : `${host} tells no probabilities of a given text: it knows neither echo nor prompt_logprobs`;
  const noPrefill = isChat
    ? `${host} does not continue an answer that is begun; openai({ mode: "completions" }) may`
    : `${host} does not continue a prompt's exact text: it seems to put it into a conversation`;
  const noNext = hasLogprobs ? noPrefill : `${host} gives no logprobs`;
  const canStep = hasLogprobs && takesPrefill;
  return {
    facts: { device: `${peer.dialect.model} at ${host}`, notes: notesOf(peer, abilities) },
    isBilled: true,
    ...(isChat && { takesMessages: true }),
    pathText: (path) => peer.book.pathText(path),
    generate: (request) => write(peer, request),
    ...(scoring === undefined ? {} : { score: (request) => scoreText(peer, scoring, request) }),
    ...(canStep ? { next: (request, signal) => steps.at(request, signal) } : {}),
    lacks: {
      ...(scoring === undefined ? { score: noScore } : {}),
      ...(canStep ? {} : { next: noNext }),
    },
    // In chat mode for people to read: the server makes the exact text of it by a template of its own. Else there is none,
    // and this is the prompt, which `notesOf` says.
    renderChat: (messages) => Promise.resolve(readablePrompt(messages).text),
    close: () => Promise.resolve(peer.client.close()),
  };
}

function notesOf(
  { client, dialect }: Peer,
  { hasLogprobs, isSeedStable, isTempered, scoring, trimsPrefill }: Abilities,
): readonly string[] {
  const yes = (is: boolean | undefined, one: string, other: string) => is === undefined ? [] : [is ? one : other];
  return [
    hasLogprobs ? `at most ${dialect.mostTop} candidates` : "no logprobs",
    ...yes(isTempered, "logprobs after temperature", "logprobs before temperature"),
    ...yes(isSeedStable, "one seed writes one text", "one seed writes different texts"),
    scoring === undefined ? "no scoring of given text" : `scores given text by ${scoring}`,
    ...(trimsPrefill ? ["drops white space around a begun answer, so that none goes on from there"] : []),
    ...(dialect.mode === "chat" ? [] : ["has no chat template: messages are written as [role] lines"]),
    // OpenAI refuses them, so that a run tells of it; llama.cpp's server and Ollama leave them unread.
    ...(client.host === OPENAI_HOST ? [] : ["may ignore top_k, min_p and repetition_penalty without saying so"]),
  ];
}
