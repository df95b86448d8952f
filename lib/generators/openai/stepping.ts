/** One position at a time: the server writes one token after a prefix, and its candidates are the distribution. */
import type { Candidate, Usage } from "../../lm/event.ts";
import type { NextRequest, NextToken } from "../../lm/next.ts";
import type { Token, TokenId } from "../../lm/token.ts";
import { tokenSearch } from "../../lm/token_search.ts";
import { type GivenStep, readAnswer } from "./answer.ts";
import type { Body } from "./client.ts";
import { wantedTop, wireInput, wireParams } from "./dialect.ts";
import { measure } from "./measure.ts";
import { checkNames, isHashed, MOST_MET_BYTES, unmetToken } from "./token_book.ts";
import { UpstreamError } from "./upstream_error.ts";
import { checkBegun, type Peer, textOf } from "./writing.ts";

const REMEMBERED = 64;
/** What is remembered is asked of nobody. */
const NOTHING: Required<Usage> = { promptTokens: 0, completionTokens: 0 };

export class Stepping {
  readonly #peer: Peer;
  /** Request → what the server said, least recently used first. */
  readonly #seen = new Map<string, GivenStep>();

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /**
   * @throws {UpstreamError}; {PathError} for a token that the server did not name, or not by its text; {RangeError} for a
   * path that the server would cut
   */
  async at(request: NextRequest, signal?: AbortSignal): Promise<NextToken> {
    const { book, client, dialect, isTempered } = this.#peer;
    const { prompt, append, offset, limit, find, target, tellsPrompt } = request;
    const taken = await this.#path(request, signal);
    checkNames(taken);
    const path = append === undefined || append === "" ? taken : [...taken, book.token(append)];
    const given = await this.#ask(request, path, signal);
    const measured = measure(given, { book, host: client.host, isTempered, asked: dialect.mostTop });
    const isShown = ({ rank, token }: Candidate) =>
      (rank > offset && rank <= offset + limit) || token.id === measured.token.id;
    const ahead = this.#target(measured.top, path, target);
    return {
      ...(tellsPrompt === false ? {} : { prompt: [unmetToken(prompt)] }),
      path,
      isEnded: false,
      step: {
        sequence: 0,
        position: path.length,
        processors: [],
        draw: { kind: "remote" },
        ...measured,
        top: measured.top.filter(isShown),
      },
      offset,
      ...(ahead === undefined ? {} : { target: ahead }),
      ...(find === undefined ? {} : { found: foundIn(measured.top, find) }),
    };
  }

  /** The path's tokens; one that another instance of the app has named is met again on the way to it. */
  async #path(request: NextRequest, signal: AbortSignal | undefined): Promise<readonly Token[]> {
    const { book } = this.#peer;
    const path: Token[] = [];
    for (const id of request.path) {
      if (isHashed(id) && book.find(id) === undefined) await this.#meet(id, request, path, signal);
      path.push(...book.tokens([id]));
    }
    return path;
  }

  async #meet(
    id: TokenId,
    request: NextRequest,
    before: readonly Token[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { text, bytes, top } = await this.#ask(request, before, signal);
    for (const met of [{ text, bytes }, ...top]) {
      const token = this.#peer.book.token(met.text, met.bytes);
      if (token.id === id && token.bytes.length <= MOST_MET_BYTES) return;
    }
  }

  async #ask(
    { prompt, messages, params, onBilled }: NextRequest,
    path: readonly Token[],
    signal?: AbortSignal,
  ): Promise<GivenStep> {
    const { client, dialect } = this.#peer;
    const { stop: _, ...drawn } = wireParams({ ...params, maxTokens: 1 });
    const input = wireInput(dialect.mode, { prompt, messages }, textOf(path));
    checkBegun(this.#peer, input);
    const wanted: Body = {
      ...input,
      ...drawn,
      ...wantedTop(dialect.mode, dialect.mostTop),
    };
    for (;;) {
      const body = dialect.body(wanted);
      const key = JSON.stringify(body);
      const known = this.#seen.get(key);
      if (known !== undefined) {
        onBilled?.(NOTHING);
        this.#remember(key, known);
        return known;
      }
      try {
        const answer = readAnswer(await client.ask(dialect.path, body, signal));
        onBilled?.(answer?.usage);
        const piece = answer?.pieces[0];
        if (piece?.isThinking === true) {
          throw new UpstreamError(`${client.host} thinks here before it answers, and its thoughts are no candidates`);
        }
        const step = piece?.steps?.[0];
        if (step === undefined) throw new UpstreamError(`${client.host} gave no candidates here: the answer may end`);
        this.#remember(key, step);
        return step;
      } catch (error) {
        if (!(error instanceof UpstreamError) || !dialect.learns(error, body)) throw error;
      }
    }
  }

  #remember(key: string, step: GivenStep): void {
    this.#seen.delete(key);
    this.#seen.set(key, step);
    const oldest = this.#seen.keys().next().value;
    if (this.#seen.size > REMEMBERED && oldest !== undefined) this.#seen.delete(oldest);
  }

  /** The longest candidate that the target goes on with: its own tokens are the server's secret. */
  #target(top: readonly Candidate[], path: readonly Token[], target: string | undefined): Candidate | undefined {
    const so = textOf(path);
    if (target === undefined || !target.startsWith(so)) return undefined;
    const left = target.slice(so.length);
    return top.filter(({ token }) => token.text !== "" && left.startsWith(token.text))
      .toSorted((one, other) => other.token.text.length - one.token.text.length)[0];
  }
}

function foundIn(candidates: readonly Candidate[], wanted: string): readonly Candidate[] {
  const isWanted = tokenSearch(wanted);
  return candidates.filter(({ token }) => isWanted(token));
}
