import type { ScoredToken, Step } from "../../lm/event.ts";
import { checkLogprob, keepCandidates } from "../distribution/kept_candidates.ts";
import { Element, type ElementOptions } from "../element.ts";

/** What colours a token: its probability, the entropy of its position, its rank, or nothing. */
export type TokenColouring = "p" | "entropy" | "rank" | "none";

/** A token with the numbers of its position: of a completion, or of a text that was scored. */
export type MeasuredToken = Step | ScoredToken;

export interface TokensState {
  readonly tokens: readonly MeasuredToken[];
  readonly colourBy: TokenColouring;
}

export interface TokensOptions extends ElementOptions {
  /** Default "p". */
  readonly colourBy?: TokenColouring;
}

export class Tokens extends Element<TokensState> {
  constructor({ colourBy = "p", ...options }: TokensOptions) {
    super("tokens", { tokens: [], colourBy }, options);
  }

  /** Replaces all tokens. @throws {RangeError} naming the token whose logprob is above 0 or no number */
  set(tokens: readonly MeasuredToken[]): void {
    this.change({ tokens: tokens.map(keep) });
  }

  /** Adds one token; the page is sent it alone. @throws {RangeError} when its logprob is above 0 or no number */
  append(token: MeasuredToken): void {
    this.lengthen("tokens", [keep(token)]);
  }
}

/**
 * Tokens in reading order, coloured by how sure the model was; a click opens the candidates of a position.
 * @example for await (const step of generator("demo").stream("roses")) written.append(step)
 */
export function tokens(options: TokensOptions = {}): Tokens {
  return new Tokens(options);
}

function keep(token: MeasuredToken): MeasuredToken {
  if (token.logprob !== undefined) checkLogprob(token.token.text, token.logprob);
  const top = keepCandidates(token.top);
  const { restLogprob, ...rest } = token;
  const whole = { ...rest, top, ...(restLogprob === undefined ? {} : { restLogprob }) };
  if (!("restFinalLogprob" in whole) || whole.restFinalLogprob !== undefined) return whole;
  const { restFinalLogprob: _, ...without } = whole;
  return without;
}
