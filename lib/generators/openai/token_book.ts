/** Names for tokens of servers that give no ids. */
import { PathError } from "../../lm/decode.ts";
import type { Token, TokenId } from "../../lm/token.ts";
import type { PathText } from "../generator.ts";

/** A token of at most this many bytes is written into its id, so that any instance of the app can read it back. */
const WRITTEN_BYTES = 5;
const LENGTH_UNIT = 2 ** 40;
const HASHED_FROM = 2 ** 46;
/** Above the ids that hold bytes: tokens of one position that have their name in common. */
const NAMESAKES_FROM = (WRITTEN_BYTES + 1) * LENGTH_UNIT;
const NAMELESS =
  "Cannot go to this token: the server does not tell its bytes, as of a part of a character, so no text leads there";
/** U+FFFD in UTF-8. */
const REPLACEMENT = [0xef, 0xbf, 0xbd];
/** The least first byte of a character that has several. */
const FIRST_OF_SEVERAL = 0xc2;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Of a token that a server is asked for again; vocabularies have none as long. */
export const MOST_MET_BYTES = 512;

/** What remembered tokens may take together, in bytes; of which each takes so many beside its own. */
const MOST_BYTES = 2 * 2 ** 20, ENTRY_BYTES = 32;

/** The tokens that a server has named lately, by an id that is made of their bytes. */
export class TokenBook {
  /** Least recently used first. */
  readonly #long = new Map<TokenId, Token>();
  #bytes = 0;

  /** @param bytes of the token; default: those of its text, where the server sends `bytes:\xe2` for part of a character */
  token(text: string, bytes: readonly number[] = bytesOf(text)): Token {
    const known = this.#used(idOf(bytes));
    if (known !== undefined) return known;
    const token = tokenOf(bytes);
    if (bytes.length > WRITTEN_BYTES) this.#remember(token);
    return token;
  }

  /** A token whose name others of its position have too, as the one that no path leads to. @param index among these */
  namesake(token: Token, index: number): Token {
    return { ...token, id: NAMESAKES_FROM + index };
  }

  /** Undefined for a long token that this instance has not met lately, and for an id that no token has here. */
  find(id: TokenId): Token | undefined {
    if (isHashed(id)) return this.#used(id);
    const length = Math.floor(id / LENGTH_UNIT);
    if (length > WRITTEN_BYTES) return undefined;
    const token = tokenOf(
      Array.from({ length }, (_, index) => Math.floor(id / 256 ** (length - 1 - index)) % 256),
    );
    return token.id === id ? token : undefined;
  }

  pathText(ids: readonly TokenId[]): PathText {
    let sizeBytes = 0, requests = 1;
    for (const id of ids) {
      const token = this.find(id);
      sizeBytes += token === undefined ? MOST_MET_BYTES : token.bytes.length;
      if (token === undefined) requests++;
    }
    return { sizeBytes, requests };
  }

  #used(id: TokenId): Token | undefined {
    const token = this.#long.get(id);
    if (token === undefined) return undefined;
    this.#long.delete(id);
    this.#long.set(id, token);
    return token;
  }

  #remember(token: Token): void {
    this.#long.set(token.id, token);
    this.#bytes += token.bytes.length + ENTRY_BYTES;
    for (const [id, { bytes }] of this.#long) {
      if (this.#bytes <= MOST_BYTES || id === token.id) return;
      this.#long.delete(id);
      this.#bytes -= bytes.length + ENTRY_BYTES;
    }
  }

  /** @throws {PathError} naming the id that is not known */
  tokens(ids: readonly TokenId[]): readonly Token[] {
    return ids.map((id) => {
      const token = this.find(id);
      if (token !== undefined) return token;
      if (id >= NAMESAKES_FROM && id < HASHED_FROM) throw new PathError(NAMELESS);
      throw new PathError(`Cannot go to token ${id}: the server gives no ids, and this token was not seen here yet`);
    });
  }
}

/** True for an id that does not tell its token's bytes: what it stands for has to be met. */
export function isHashed(id: TokenId): boolean {
  return id >= HASHED_FROM;
}

/**
 * True for a token that a server names by no text, or by U+FFFD where part of a character is: nobody knows its bytes.
 * Subtle: Ollama gives bytes too, those of U+FFFD; what bytes of a part decode to is no such name.
 */
export function isNameless({ bytes }: Token): boolean {
  return bytes.length === 0 || bytes.some((_, at) => REPLACEMENT.every((byte, index) => bytes[at + index] === byte));
}

/** @throws {PathError} where the text of the tokens is not what stands before the model after them */
export function checkNames(tokens: readonly Token[]): void {
  for (const [index, token] of tokens.entries()) {
    if (!isNameless(token)) continue;
    const next = tokens.slice(index + 1).find(({ bytes }) => bytes.length > 0);
    // Subtle: vLLM names the parts of a character "", and its last one by all of it.
    const isMadeUp = token.bytes.length === 0 && (next?.bytes[0] ?? 0) >= FIRST_OF_SEVERAL;
    if (!isMadeUp) throw new PathError(NAMELESS);
  }
}

/** A text as one token that nobody can go back to: it is not remembered. */
export function unmetToken(text: string): Token {
  return tokenOf([...encoder.encode(text)]);
}

function tokenOf(bytes: readonly number[]): Token {
  return { id: idOf(bytes), text: decoder.decode(Uint8Array.from(bytes)), bytes, isUnnumbered: true };
}

function idOf(bytes: readonly number[]): TokenId {
  if (bytes.length <= WRITTEN_BYTES) {
    return bytes.reduce((sum, byte) => sum * 256 + byte, 0) + bytes.length * LENGTH_UNIT;
  }
  // FNV-1a over two halves of 23 bits, so that the sum stays an exact integer.
  let low = 0x811c9dc5, high = 0x01000193;
  for (const byte of bytes) {
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte ^ 0x5a, 0x85ebca6b);
  }
  return HASHED_FROM + (low >>> 9) * 2 ** 23 + (high >>> 9);
}

/** The bytes of a token as a server names it: `bytes:\\xe2` is part of a character. */
export function bytesOf(text: string): readonly number[] {
  if (!/^bytes:(\\x[0-9a-f]{2})+$/i.test(text)) return [...encoder.encode(text)];
  return [...text.matchAll(/\\x([0-9a-f]{2})/gi)].map(([, hex = "0"]) => parseInt(hex, 16));
}
