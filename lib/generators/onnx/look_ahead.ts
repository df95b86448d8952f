/**
 * What is computed while a person looks at a step: where its most probable tokens lead, so that taking one is a look-up.
 *
 * It works only while nobody asks anything of the model, and gives way to whoever does.
 */
import type { NextRequest, NextTokens } from "../../lm/next.ts";

/** Candidates that are followed: as many as one pass takes for about the price of two. */
const FOLLOWED = 8;

/** How long nobody may have asked anything. */
const IDLE_MS = 50;

/** Calls `fire` once, unless what is returned is called before. */
type After = (ms: number, fire: () => void) => () => void;

export class LookAhead {
  readonly #steps: NextTokens;
  readonly #isIdle: () => boolean;
  readonly #after: After;
  #stop = () => {};
  /** The step on screen, until what it leads to is known. */
  #step: NextRequest | undefined;

  /** @param isIdle whether nobody waits for the model */
  constructor(steps: NextTokens, isIdle: () => boolean, after: After = timer) {
    this.#steps = steps;
    this.#isIdle = isIdle;
    this.#after = after;
  }

  /** Looks ahead from a step, as soon as nobody asks anything. */
  from(step: NextRequest): void {
    this.#step = step;
    this.yield();
  }

  /** Ends what is being computed and waits until nobody asks anything again: called before whatever is asked of the model. */
  yield(): void {
    this.#stop();
    if (this.#step === undefined) return;
    this.#stop = this.#after(IDLE_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    const step = this.#step;
    if (step === undefined) return;
    if (!this.#isIdle()) return this.yield();
    const controller = new AbortController();
    this.#stop = () => controller.abort();
    try {
      await this.#steps.lookAhead(step, FOLLOWED, controller.signal);
    } catch {
      // Nobody asked for it: whoever takes the step is told what is wrong.
      if (controller.signal.aborted) return;
    }
    if (this.#step === step) this.#step = undefined;
  }
}

function timer(ms: number, fire: () => void): () => void {
  const id = setTimeout(fire, ms);
  return () => clearTimeout(id);
}
