/** Wrong tokens by client, so that nobody can try many. */
import { ProblemError } from "../problem.ts";

const MINUTE_MS = 60_000;
const MOST = 10;
/** Clients remembered at once; beyond it the oldest are forgotten. */
const CLIENTS = 10_000;

interface Tries {
  count: number;
  readonly endsMs: number;
}

export class Attempts {
  readonly #tries = new Map<string, Tries>();

  /** @param now milliseconds on any steady clock */
  constructor(readonly now: () => number = () => performance.now()) {}

  /**
   * Subtle: a right token is refused as well, or it would still show among many tried ones. Who is logged in is not asked.
   * @throws {ProblemError} 429 until the minute of the client's first wrong token is over, once it has shown ten
   */
  check(client: string): void {
    const tries = this.#tries.get(client);
    if (tries === undefined || tries.count < MOST) return;
    const leftMs = tries.endsMs - this.now();
    if (leftMs <= 0) return void this.#tries.delete(client);
    throw new ProblemError(429, "Too many wrong tokens", `Cannot take a token: ${MOST} wrong ones came from here`, {
      headers: { "retry-after": String(Math.ceil(leftMs / 1000)) },
    });
  }

  wrong(client: string): void {
    const nowMs = this.now();
    const known = this.#tries.get(client);
    if (known !== undefined && known.endsMs > nowMs) known.count++;
    else this.#tries.set(client, { count: 1, endsMs: nowMs + MINUTE_MS });
    const [oldest] = this.#tries.keys();
    if (this.#tries.size > CLIENTS && oldest !== undefined) this.#tries.delete(oldest);
  }
}
