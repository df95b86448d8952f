import { Detokenizer } from "../../lm/detokenize.ts";
import type { Token } from "../../lm/token.ts";

/** Cuts a growing completion into pieces that may be sent: whole characters, and never a part of a stop text. */
export class TextDeltas {
  readonly #stops: readonly string[];
  readonly #detokenizer = new Detokenizer();
  #text = "";
  #sent = 0;

  constructor(stops: readonly string[]) {
    this.#stops = stops;
  }

  /** What the token adds to what may be sent. */
  push(token: Token): string {
    this.#text += this.#detokenizer.push(token);
    return this.#send(this.#text.slice(0, this.#safeLength()));
  }

  /** The rest, once the whole text is known. */
  finish(text: string): string {
    return this.#send(text);
  }

  #send(upTo: string): string {
    const delta = upTo.slice(this.#sent);
    this.#sent = Math.max(this.#sent, upTo.length);
    return delta;
  }

  /** Up to where the text can neither be a stop text nor begin one. */
  #safeLength(): number {
    let safe = this.#text.length;
    for (const stop of this.#stops) {
      const found = this.#text.indexOf(stop);
      if (found >= 0) safe = Math.min(safe, found);
      for (let length = Math.min(stop.length - 1, this.#text.length); length > 0; length--) {
        if (!this.#text.endsWith(stop.slice(0, length))) continue;
        safe = Math.min(safe, this.#text.length - length);
        break;
      }
    }
    return safe;
  }
}
