/** What one server takes: learnt from its refusals, and remembered. */
import type { Message } from "../../lm/message.ts";
import type { SamplingParams } from "../../lm/params.ts";
import type { Body } from "./client.ts";
import type { UpstreamError } from "./upstream_error.ts";

export type Mode = "chat" | "completions";

/** A param that was left out, as the stream tells of it. */
export interface Dropped {
  readonly param: string;
  readonly message: string;
}

/** What no request can do without. */
const NEEDED: readonly string[] = [
  "model",
  "messages",
  "prompt",
  "stream",
  "echo",
  "max_tokens",
  "max_completion_tokens",
];
/** What only serves ourselves: nobody has chosen it, so nobody misses it. */
const OWN: readonly string[] = ["stream_options"];
/** A refusal of these holds for all, whatever its words: nobody chose their values, and `n` can be asked one by one. */
const EXPENDABLE: readonly string[] = [...OWN, "logprobs", "top_logprobs", "n"];
const UNSUPPORTED_CODES: readonly string[] = ["unsupported_parameter", "unknown_parameter", "unsupported_value"];
/** How servers without such codes say that a param is none of theirs, as against a value that is wrong. */
const UNSUPPORTED =
  /unsupported|not supported|n[o']t support|unrecognized|unknown (?:name|param|arg|field)|unexpected(?! value)|\bextra\b|extra_|additional properties|cannot both/i;
/** How servers say that params do not go together. */
const BOTH = /\bboth\b|mutually exclusive|together|only one of/i;
/** llama.cpp's words where it writes one completion at a time, or no more than it has slots. */
const ONE_CHOICE = /only one completion choice|\bn_cmpl\b/i;
/** Where several completions are refused for what else was asked: at temperature 0 vLLM makes one alone. */
const ONE_WHEN_GREEDY = /\bn\b.*\b(?:greedy|temperature)\b/i;
/** What TGI calls the count of candidates. */
const TGI_COUNT = /\btop_n_tokens\b/;
/** Candidates that are asked for where more were refused. */
const FEW_TOP = 5;
const BAN = -100;

export class Dialect {
  readonly #dropped = new Map<string, string>();
  /** Params that are left out where they have their default, which the server refuses to be told. */
  readonly #unsaid = new Map<string, string>();
  /** Most candidates that the server gives; lowered when it refuses. */
  #mostTop = 20;
  #lengthName: "max_tokens" | "max_completion_tokens";
  /** True when the server writes one completion, whatever `n` says. */
  ignoresN = false;

  constructor(readonly model: string, readonly mode: Mode, isOpenAi: boolean) {
    this.#lengthName = isOpenAi && mode === "chat" ? "max_completion_tokens" : "max_tokens";
  }

  get path(): string {
    return this.mode === "chat" ? "/chat/completions" : "/completions";
  }

  get mostTop(): number {
    return this.#mostTop;
  }

  set mostTop(count: number) {
    this.#mostTop = Math.min(this.#mostTop, count);
  }

  get hasLogprobs(): boolean {
    return !this.#dropped.has("logprobs");
  }

  /** Leaves a param out from now on. */
  drop(param: string, reason: string): void {
    this.#dropped.set(param, reason);
  }

  /** What a request wants, in the server's own words and without what it does not take. */
  body(wanted: Body): Body {
    const isLeftOut = (name: string, value: unknown) =>
      value === undefined || this.#dropped.has(name) || (name === "n" && this.ignoresN) ||
      (this.#unsaid.has(name) && value === WIRE_DEFAULTS[name]);
    const taken = Object.entries(wanted).filter(([name, value]) => !isLeftOut(name, value));
    return { model: this.model, ...Object.fromEntries(taken.map(([name, value]) => this.#inWords(name, value))) };
  }

  /** Which of the wanted params are left out, and why; defaults are not missed. */
  missing(wanted: Body, defaults: Body): readonly Dropped[] {
    const dropped = [...this.#dropped].filter(([name]) => {
      const value = wanted[name];
      return value !== undefined && value !== defaults[name] && !OWN.includes(name) && name !== "top_logprobs";
    }).map(([param, reason]) => ({
      param,
      message: `The server does not take ${param}, so it was left out (${reason})`,
    }));
    // What the server then does is its own default, which need not be ours.
    const unsaid = [...this.#unsaid].filter(([name]) => wanted[name] === WIRE_DEFAULTS[name]).map((
      [param, reason],
    ) => ({
      param,
      message: `The server does not take ${wanted[param]} as ${param}, so its own default holds (${reason})`,
    }));
    return [...dropped, ...unsaid];
  }

  /**
   * True when the refusal teaches something, so that the same request can be made in other words. What only one value is
   * refused for is for whoever asked to know: others' requests are sent as before.
   */
  learns(fault: UpstreamError, sent: Body): boolean {
    const { status, code, message, param } = fault;
    // OpenAI forbids logprobs of models that think, as if the key were at fault.
    const isForbidden = status === 403 && /\blogprobs\b/.test(message);
    const isOneChoice = "n" in sent && ONE_CHOICE.test(message);
    const isRefusal = status === 400 || status === 422 || isForbidden || (status === 500 && isOneChoice);
    if (!isRefusal || fault.isTooLong) return false;
    const isUnsupported = UNSUPPORTED_CODES.includes(code ?? "") || UNSUPPORTED.test(message);
    const lengthName = this.#lengthName;
    if (
      isUnsupported &&
      (param === lengthName || (lengthName === "max_tokens" && /\bmax_completion_tokens\b/.test(message)))
    ) {
      const other = lengthName === "max_tokens" ? "max_completion_tokens" : "max_tokens";
      if (this.#dropped.has(`not ${lengthName}`)) return false;
      this.#dropped.set(`not ${lengthName}`, "renamed");
      this.#lengthName = other;
      return true;
    }
    const told = [
      param,
      isOneChoice ? "n" : undefined,
      TGI_COUNT.test(message) ? this.#countName : undefined,
      ...Object.keys(sent).filter((key) => new RegExp(`\\b${key}\\b`).test(message)),
    ].filter((key): key is string => key !== undefined && key in sent && !NEEDED.includes(key));
    const name = told[0];
    if (name === undefined) return false;
    // Subtle: where several are named, one that nobody chose may be what is too much, so that what was chosen can stay.
    const areSeveral = new Set(told).size > 1 && (BOTH.test(message) || (isUnsupported && name !== param));
    const unchosen = areSeveral && !EXPENDABLE.includes(name) ? told.find((key) => isDefault(key, sent)) : undefined;
    if (unchosen !== undefined) {
      this.#unsaid.set(unchosen, message);
      return true;
    }
    if (isUnsupported || EXPENDABLE.includes(name)) {
      return this.#learnsOf(name, sent, { message, isNever: isUnsupported || isForbidden });
    }
    if (!isDefault(name, sent)) return false;
    this.#unsaid.set(name, message);
    return true;
  }

  /** True when the server writes one completion for what else was asked here: nothing is learnt for other requests. */
  writesOneHere({ status, message }: UpstreamError, sent: Body): boolean {
    return "n" in sent && (status === 400 || status === 422) && ONE_WHEN_GREEDY.test(message);
  }

  /** @param isNever when the server knows nothing of the param, whatever its value */
  #learnsOf(
    name: string,
    sent: Body,
    { message, isNever }: { readonly message: string; readonly isNever: boolean },
  ): boolean {
    if (name === "n") {
      this.ignoresN = true;
      return true;
    }
    // Subtle: in a chat vLLM says "logprobs" where the count, which is top_logprobs, is too large.
    const isOfCount = name === this.#countName || (name === "logprobs" && !isNever);
    const count = isOfCount ? sent[this.#countName] : undefined;
    if (typeof count === "number" && count > FEW_TOP) {
      this.#mostTop = FEW_TOP;
      return true;
    }
    if (name === "top_logprobs") this.drop("logprobs", message);
    if (name === "logprobs") this.drop("top_logprobs", message);
    this.drop(name, message);
    return true;
  }

  get #countName(): "top_logprobs" | "logprobs" {
    return this.mode === "chat" ? "top_logprobs" : "logprobs";
  }

  #inWords(name: string, value: unknown): readonly [string, unknown] {
    if (name === "max_tokens") return [this.#lengthName, value];
    const isCount = name === "top_logprobs" || (name === "logprobs" && typeof value === "number");
    return [name, isCount && typeof value === "number" ? Math.min(value, this.#mostTop) : value];
  }
}

/** Our params as both APIs name them; those beyond OpenAI's own are sent only where they do something. */
export function wireParams(params: SamplingParams): Body {
  const bias = Object.entries(params.logitBias).map(([id, value]) => [id, Math.max(BAN, value)]);
  return {
    temperature: params.temperature,
    top_p: params.topP,
    max_tokens: params.maxTokens,
    seed: params.seed,
    ...(params.stop.length === 0 ? {} : { stop: params.stop }),
    ...(params.frequencyPenalty === 0 ? {} : { frequency_penalty: params.frequencyPenalty }),
    ...(params.presencePenalty === 0 ? {} : { presence_penalty: params.presencePenalty }),
    ...(bias.length === 0 ? {} : { logit_bias: Object.fromEntries(bias) }),
    ...(params.topK === 0 ? {} : { top_k: params.topK }),
    ...(params.minP === 0 ? {} : { min_p: params.minP }),
    ...(params.repetitionPenalty === 1 ? {} : { repetition_penalty: params.repetitionPenalty }),
  };
}

/** What a server does by itself, so that leaving it out changes nothing. */
export const WIRE_DEFAULTS: Body = { temperature: 1, top_p: 1, n: 1 };

function isDefault(name: string, sent: Body): boolean {
  return name in WIRE_DEFAULTS && sent[name] === WIRE_DEFAULTS[name];
}

/** How each API is asked for candidates. */
export function wantedTop(mode: Mode, top: number): Body {
  return mode === "chat" ? { logprobs: true, top_logprobs: top } : { logprobs: top };
}

/** What the model is to go on with; `begun` is what its answer begins with. */
export function wireInput(
  mode: Mode,
  { prompt, messages }: { readonly prompt: string; readonly messages?: readonly Message[] | undefined },
  begun = "",
): Body {
  if (mode === "completions") return { prompt: prompt + begun };
  const turns = messages ?? [{ role: "user", content: prompt }];
  const last = turns.at(-1);
  if (last?.role === "assistant") {
    const whole = [...turns.slice(0, -1), { role: last.role, content: last.content + begun }];
    return { messages: whole, ...CONTINUED };
  }
  if (begun === "") return { messages: turns };
  return { messages: [...turns, { role: "assistant", content: begun }], ...CONTINUED };
}

/** vLLM's words for "go on with the last message"; others that can do so need none. */
const CONTINUED: Body = { continue_final_message: true, add_generation_prompt: false };
