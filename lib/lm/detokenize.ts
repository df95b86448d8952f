import type { Token } from "./token.ts";

/**
 * Turns tokens into text as they come. Text is handed out only when its characters are complete, so a character that is
 * split over tokens never shows as U+FFFD; bytes that can never become a character do.
 */
export class Detokenizer {
  // Subtle: ignoreBOM keeps a BOM in the text, as it stands in the model's bytes.
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  /** The characters that `token` completes; "" while one is open, and for special tokens. */
  push(token: Token): string {
    return token.special === true ? "" : this.#decoder.decode(Uint8Array.from(token.bytes), { stream: true });
  }

  /** What is left at the end: U+FFFD for a character that was never completed. */
  flush(): string {
    return this.#decoder.decode();
  }
}

/** The text of a list of tokens, special ones left out. */
export function detokenize(tokens: readonly Token[]): string {
  const detokenizer = new Detokenizer();
  return tokens.map((token) => detokenizer.push(token)).join("") + detokenizer.flush();
}
