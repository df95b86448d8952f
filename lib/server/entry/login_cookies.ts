/** The cookies of browsers that have shown the token. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Cookies that are remembered as good; beyond it the one that was shown the longest ago is forgotten. */
const REMEMBERED = 10_000;

/**
 * Each is a nonce and its HMAC by the token: it holds in every instance, and does not tell the token.
 * Subtle: only who was given one knows its nonce, so that one seen good before says nothing of guesses of the token.
 */
export class LoginCookies {
  /**
   * Subtle: it is of the token, as a browser keeps one jar for all ports of a machine: two apps with tokens of their own
   * would write over each other's, and what another token made would be shown as a wrong one with each request.
   */
  readonly name: string;
  readonly #token: string;
  /** Digests of values, the one shown last at the end. */
  readonly #good = new Set<string>();

  constructor(token: string) {
    this.#token = token;
    this.name = `visuallm-${this.#mac("name").toString("hex").slice(0, 8)}`;
  }

  /** The value of a new one. */
  create(): string {
    const nonce = randomBytes(16).toString("base64url");
    const value = `${nonce}.${this.#mac(`nonce ${nonce}`).toString("base64url")}`;
    this.#remember(value);
    return value;
  }

  allows(value: string): boolean {
    const [nonce = ""] = value.split(".", 1);
    const right = this.#mac(`nonce ${nonce}`).toString("base64url");
    const isGood = timingSafeEqual(digest(value), digest(`${nonce}.${right}`));
    if (isGood) this.#remember(value);
    return isGood;
  }

  /** Whether it was made or allowed here, and is not forgotten. */
  hasSeen(value: string): boolean {
    return this.#good.has(placeOf(value));
  }

  #remember(value: string): void {
    const place = placeOf(value);
    this.#good.delete(place);
    this.#good.add(place);
    const [oldest] = this.#good;
    if (this.#good.size > REMEMBERED && oldest !== undefined) this.#good.delete(oldest);
  }

  #mac(text: string): Buffer {
    return createHmac("sha256", this.#token).update(text).digest();
  }
}

function placeOf(value: string): string {
  return digest(value).toString("base64");
}

/** Of one length whatever the text's, so that two can be compared in the same time. */
export function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
