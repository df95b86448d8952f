/**
 * Tokens on their way from a model's thread. A prompt is told anew at each step by hand; so what goes over is its ids, and
 * each token itself only the first time.
 */
import type { Token, TokenId } from "../../lm/token.ts";

/** The thread's side: remembers which tokens the other side has. */
export class ToldTokens {
  readonly #told = new Set<TokenId>();
  #news: Token[] = [];

  /** Ids of tokens, which are news where they were never told. */
  ids(tokens: readonly Token[]): readonly TokenId[] {
    return tokens.map((token) => {
      if (!this.#told.has(token.id)) this.#news.push(token);
      this.#told.add(token.id);
      return token.id;
    });
  }

  /** What has to go along with the next reply, whosever that is. */
  news(): readonly Token[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }
}

/** The other side: every token that it was told. */
export class TokenBook {
  readonly #tokens = new Map<TokenId, Token>();

  add(news: readonly Token[]): void {
    for (const token of news) this.#tokens.set(token.id, token);
  }

  /** @throws {RangeError} for an id that was never told */
  read(ids: readonly TokenId[]): readonly Token[] {
    return ids.map((id) => {
      const token = this.#tokens.get(id);
      if (token === undefined) throw new RangeError(`Cannot read token id ${id}: the model's thread has not told it`);
      return token;
    });
  }
}
