/** From a request to the events of its completions, as a server writes them. */
import { PathError } from "../../lm/decode.ts";
import { detokenize } from "../../lm/detokenize.ts";
import { type FinishReason, type GeneratorEvent, PROCESSORS, type Usage } from "../../lm/event.ts";
import type { Token } from "../../lm/token.ts";
import type { GenerateRequest } from "../generator.ts";
import { type Answer, type Piece, readAnswer } from "./answer.ts";
import type { Body, Client } from "./client.ts";
import { type Dialect, wantedTop, WIRE_DEFAULTS, wireInput, wireParams } from "./dialect.ts";
import { measure, unmeasured } from "./measure.ts";
import { checkNames, type TokenBook } from "./token_book.ts";
import { UpstreamError } from "./upstream_error.ts";

/** One server, and what is known of it. */
export interface Peer {
  readonly client: Client;
  readonly dialect: Dialect;
  readonly book: TokenBook;
  readonly takesPrefill: boolean;
  /** True when the server drops the white space around an answer that is begun. */
  readonly trimsPrefill?: boolean;
  readonly isTempered: boolean | undefined;
}

/** A reason that is not here is told as `incomplete`: nobody knows then that the text is whole. */
const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ["stop", "stop"],
  ["length", "length"],
  ["content_filter", "content_filter"],
  // Servers that pass on a model's own words, as those of TGI, Together, Mistral and Anthropic do.
  ["eos_token", "stop"],
  ["eos", "stop"],
  ["stop_sequence", "stop"],
  ["end_turn", "stop"],
  ["max_tokens", "length"],
  ["model_length", "length"],
  ["error", "error"],
  // The model wants something that is not ours to give; its text is over.
  ["tool_calls", "stop"],
  ["function_call", "stop"],
]);

/** One completion as it grows. */
class Writing {
  text = "";
  position = 0;
  reason: FinishReason | undefined;
  /** True once the server has told of thinking: it writes, though nothing of it is shown. */
  isThinking = false;
  /** @param given tokens that it begins with: to the server they are part of the prompt */
  constructor(readonly sequence: number, readonly given: number) {}

  *begin(given: readonly Token[], text: string): Generator<GeneratorEvent, void, void> {
    for (const token of given) {
      yield {
        type: "step",
        sequence: this.sequence,
        position: this.position++,
        processors: [],
        draw: { kind: "forced" },
        ...unmeasured(token, "chosen by hand"),
      };
    }
    this.text = text;
  }

  get isBegun(): boolean {
    return this.isThinking || this.position > this.given || this.reason !== undefined;
  }

  finish(usage: Partial<Usage>, isAborted: boolean): GeneratorEvent {
    const reason = this.reason ?? (isAborted ? "cancelled" : "incomplete");
    const { promptTokens, completionTokens = this.position - this.given } = usage;
    return {
      type: "finish",
      sequence: this.sequence,
      reason,
      text: this.text,
      usage: { ...(promptTokens === undefined ? {} : { promptTokens }), completionTokens },
    };
  }
}

/**
 * The tokens of a path count among `maxTokens`, as they do where the model is ours; nothing is asked for after so many.
 * @throws {UpstreamError}; {RangeError} when the server cannot go on with given tokens
 */
export async function* write(peer: Peer, request: GenerateRequest): AsyncGenerator<GeneratorEvent, void, void> {
  const { dialect, book, client } = peer;
  const { params, signal, path = [], firstSequence = 0, onBilled } = request;
  const begun = book.tokens(path);
  const left = params.maxTokens - path.length;
  if (left > 0) checkNames(begun);
  const start = left > 0 ? textOf(begun) : detokenize(begun);
  const endsInAnswer = dialect.mode === "chat" && request.messages?.at(-1)?.role === "assistant";
  if (!peer.takesPrefill && (start !== "" || endsInAnswer)) {
    throw new RangeError(`Cannot go on with a given text: ${client.host} does not continue an answer that is begun`);
  }
  const input = wireInput(dialect.mode, request, start);
  if (left > 0) checkBegun(peer, input);
  const wanted: Body = {
    ...input,
    // Each completion has a seed of its own where they are asked for one by one; a branch of one has that one's.
    ...wireParams({ ...params, seed: params.seed + firstSequence, maxTokens: left }),
    ...wantedTop(dialect.mode, request.top),
    ...(params.n === 1 ? {} : { n: params.n }),
    stream_options: { include_usage: true },
  };
  const writings = Array.from({ length: params.n }, (_, index) => new Writing(firstSequence + index, path.length));
  for (const writing of writings) yield* writing.begin(begun, start);
  if (left <= 0) {
    onBilled?.({ promptTokens: 0, completionTokens: 0 });
    for (const writing of writings) {
      writing.reason = "length";
      yield writing.finish({ promptTokens: 0 }, false);
    }
    return;
  }
  if (params.order.join() !== PROCESSORS.join()) {
    yield { type: "warning", param: "order", message: "The server has an order of processors of its own" };
  }
  const pulls = new Pulls(peer, request);
  if (!dialect.ignoresN) yield* pulls.of(wanted, writings);
  // Some servers write one completion, whatever is asked: the others are asked for one by one.
  for (const writing of writings) {
    if (writing.isBegun || isAborted(signal)) continue;
    const isLearnt = !pulls.isOneByOne && writings.some((each) => each.reason !== undefined);
    if (isLearnt) dialect.ignoresN = true;
    if (!dialect.ignoresN && !pulls.isOneByOne) continue;
    const { n: _, ...alone } = wanted;
    yield* pulls.of({ ...alone, seed: params.seed + writing.sequence }, [writing]);
  }
  for (const writing of writings) if (!pulls.finished.has(writing)) yield writing.finish({}, isAborted(signal));
}

/** The requests of one run. */
class Pulls {
  readonly finished = new Set<Writing>();
  /** True when the server writes one completion for what is asked here. */
  isOneByOne = false;
  readonly #told = new Set<string>();
  readonly #peer: Peer;
  readonly #request: GenerateRequest;

  constructor(peer: Peer, request: GenerateRequest) {
    this.#peer = peer;
    this.#request = request;
  }

  async *of(wanted: Body, writings: readonly Writing[]): AsyncGenerator<GeneratorEvent, void, void> {
    const { signal, onBilled } = this.#request;
    let usage: Answer["usage"];
    for await (const answer of this.#answers(wanted)) {
      if ("param" in answer) {
        if (!this.#told.has(answer.param)) yield { type: "warning", ...answer };
        this.#told.add(answer.param);
        continue;
      }
      usage = answer.usage ?? usage;
      for (const piece of answer.pieces) {
        // Subtle: a request for one completion numbers it 0, whichever of ours it is.
        const writing = writings.length === 1 ? writings[0] : writings[piece.index];
        if (writing !== undefined) yield* this.#steps(piece, writing);
      }
    }
    onBilled?.(usage);
    // What was written for several completions together is no one's.
    const { completionTokens: _, ...each } = usage ?? {};
    const one = writings.length === 1 ? usage ?? {} : each;
    for (const writing of writings) {
      if (!writing.isBegun && writings.length > 1 && !isAborted(signal)) continue;
      this.finished.add(writing);
      yield writing.finish(one, isAborted(signal));
    }
  }

  /** The parts of an answer, after the params that were left out for it. */
  async *#answers(
    wanted: Body,
  ): AsyncGenerator<Answer | { readonly param: string; readonly message: string }, void, void> {
    const { client, dialect } = this.#peer;
    const { n: _, ...alone } = wanted;
    for (let isShown = false;;) {
      if (this.isOneByOne) wanted = alone;
      const body = dialect.body(wanted);
      const told = dialect.missing(wanted, WIRE_DEFAULTS);
      try {
        for await (const part of client.stream(dialect.path, body, this.#request.signal)) {
          const answer = readAnswer(part);
          if (answer === undefined) throw new UpstreamError(`${client.host} sent a part that is no completion`);
          if (!isShown) yield* told;
          isShown = true;
          yield answer;
        }
        if (!isShown) yield* told;
        return;
      } catch (error) {
        if (isShown || !(error instanceof UpstreamError)) throw error;
        if (dialect.writesOneHere(error, body)) this.isOneByOne = true;
        else if (!dialect.learns(error, body)) throw error;
      }
    }
  }

  *#steps(piece: Piece, writing: Writing): Generator<GeneratorEvent, void, void> {
    const { book, client, dialect, isTempered } = this.#peer;
    const { sequence } = writing;
    const asked = Math.min(this.#request.top, dialect.mostTop);
    writing.text += piece.text;
    if (piece.isThinking === true) writing.isThinking = true;
    const place = () => ({
      type: "step" as const,
      sequence,
      position: writing.position++,
      processors: [],
      draw: { kind: "remote" as const },
    });
    // Subtle: which of a piece's tokens are thinking no server tells, and what is thought is no part of the completion.
    if (piece.isThinking !== true && piece.steps !== undefined && piece.steps.length > 0) {
      for (const given of piece.steps) {
        yield { ...place(), ...measure(given, { book, host: client.host, isTempered, asked }) };
      }
    } else if (piece.text !== "") {
      yield { ...place(), ...unmeasured(book.token(piece.text), `${client.host} gave no probabilities`) };
    }
    if (piece.finish !== undefined && piece.finish !== "") writing.reason = REASONS.get(piece.finish) ?? "incomplete";
  }
}

/** @throws {RangeError} where the server would drop a part of an answer that is begun, and go on with another text */
export function checkBegun({ client, trimsPrefill }: Peer, { messages }: Body): void {
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  if (trimsPrefill !== true || !isBegun(last) || last.content === last.content.trim()) return;
  throw new RangeError(
    `Cannot go on with a text that begins or ends in white space: ${client.host} drops that of an answer that is begun`,
  );
}

/** What stands for tokens in a request. @throws {PathError} where a character of them is not whole */
export function textOf(tokens: readonly Token[]): string {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
  try {
    return decoder.decode(Uint8Array.from(tokens.flatMap(({ bytes }) => bytes)));
  } catch {
    // All that decoding can throw is that bytes are no text.
    throw new PathError("Cannot send these tokens to a server: it takes text, and their bytes are no whole characters");
  }
}

function isBegun(turn: unknown): turn is { readonly content: string } {
  return typeof turn === "object" && turn !== null && "role" in turn && turn.role === "assistant" &&
    "content" in turn && typeof turn.content === "string";
}

/** Subtle: a call of its own, since the compiler takes a checked `aborted` for settled. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
