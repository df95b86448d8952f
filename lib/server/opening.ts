import { thrownText } from "../components/thrown.ts";
import type { LoadProgress } from "../generators/generator.ts";

export type OpenState = "idle" | "loading" | "ready" | "failed";

interface OpeningSource<Value> {
  open(): Promise<Value>;
  /** Throws when opening cannot work. */
  check(): Promise<void>;
}

interface OpeningReport<Value, Progress> {
  readonly state: OpenState;
  readonly detail?: string;
  /** While it is tried again: why it failed before. */
  readonly failedBefore?: string;
  readonly value?: Value;
  readonly progress?: Progress;
}

/** Something that is opened on first use and then shared; a failure is remembered for show, and retried on next use. */
export class Opening<Value, Progress = LoadProgress> {
  progress: Progress | undefined;
  readonly #source: OpeningSource<Value>;
  #state: OpenState = "idle";
  #detail: string | undefined;
  #value: Value | undefined;
  #pending: Promise<Value> | undefined;

  constructor(source: OpeningSource<Value>) {
    this.#source = source;
  }

  open(): Promise<Value> {
    this.#pending ??= this.#open();
    return this.#pending;
  }

  async check(): Promise<void> {
    try {
      await this.#source.check();
      // Subtle: only a failure of an earlier check or opening is taken back; what is in use stays as it is.
      if (this.#state === "failed") this.#settle("idle");
    } catch (error) {
      if (this.#state === "idle" || this.#state === "failed") this.#settle("failed", error);
    }
  }

  report(): OpeningReport<Value, Progress> {
    return {
      state: this.#state,
      ...(this.#detail === undefined ? {} : { [this.#state === "loading" ? "failedBefore" : "detail"]: this.#detail }),
      ...(this.#value === undefined ? {} : { value: this.#value }),
      ...(this.#state === "loading" && this.progress !== undefined ? { progress: this.progress } : {}),
    };
  }

  async close(close: (value: Value) => Promise<void>): Promise<void> {
    const pending = this.#pending;
    this.#pending = undefined;
    this.#value = undefined;
    if (pending !== undefined) await close(await pending);
    this.#settle("idle");
  }

  async #open(): Promise<Value> {
    this.progress = undefined;
    this.#settle("loading");
    try {
      const value = await this.#source.open();
      this.#value = value;
      this.#settle("ready");
      return value;
    } catch (error) {
      this.#pending = undefined;
      this.#settle("failed", error);
      throw error;
    }
  }

  #settle(state: OpenState, error?: unknown): void {
    this.#state = state;
    // Whoever waits for another try is to know why the one before failed.
    if (state !== "loading") this.#detail = error === undefined ? undefined : thrownText(error);
  }
}
