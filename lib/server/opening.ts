import { thrownText } from "../lm/thrown.ts";
import type { Clock } from "../generators/clock.ts";
import type { LoadProgress } from "../generators/generator.ts";
import { Silence } from "./admission/silence.ts";

export type OpenState = "idle" | "loading" | "ready" | "failed";

/** How long nothing may be heard of what is being opened: then it is given up, so that it can be tried again. */
const SILENT_MS = 10 * 60_000;

interface OpeningSource<Value, Progress> {
  /** @param onProgress is told how far it is */
  open(onProgress: (progress: Progress) => void): Promise<Value>;
  /** Throws when opening cannot work. */
  check(): Promise<void>;
  close(value: Value): Promise<void>;
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
  readonly #source: OpeningSource<Value, Progress>;
  readonly #clock: Clock;
  #state: OpenState = "idle";
  #detail: string | undefined;
  #progress: Progress | undefined;
  #value: Value | undefined;
  #pending: Promise<Value> | undefined;

  constructor(source: OpeningSource<Value, Progress>, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
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
      ...(this.#state === "loading" && this.#progress !== undefined ? { progress: this.#progress } : {}),
    };
  }

  async close(): Promise<void> {
    const pending = this.#pending;
    this.#pending = undefined;
    this.#value = undefined;
    if (pending !== undefined) await this.#source.close(await pending);
    this.#settle("idle");
  }

  async #open(): Promise<Value> {
    this.#progress = undefined;
    this.#settle("loading");
    try {
      const value = await this.#unlessSilent();
      this.#value = value;
      this.#settle("ready");
      return value;
    } catch (error) {
      this.#pending = undefined;
      this.#settle("failed", error);
      throw error;
    }
  }

  /** @throws {RangeError} when nothing was heard for too long; what comes all the same is closed, as nobody waits for it */
  async #unlessSilent(): Promise<Value> {
    let silence: Silence | undefined;
    const givenUp = new Promise<never>((_, reject) => {
      const reason = `nothing came of it for ${SILENT_MS / 60_000} minutes`;
      silence = new Silence(this.#clock, SILENT_MS, () => reject(new RangeError(reason)));
      silence.begin();
    });
    let isAwaited = true;
    const opening = (async () => {
      return await this.#source.open((progress) => {
        if (!isAwaited) return;
        this.#progress = progress;
        silence?.begin();
      });
    })();
    try {
      return await Promise.race([opening, givenUp]);
    } catch (error) {
      opening.then((value) => this.#source.close(value)).catch(() => {}); // Nobody hears of it any more.
      throw error;
    } finally {
      isAwaited = false;
      silence?.close();
    }
  }

  #settle(state: OpenState, error?: unknown): void {
    this.#state = state;
    // Whoever waits for another try is to know why the one before failed.
    if (state !== "loading") this.#detail = error === undefined ? undefined : thrownText(error);
  }
}
