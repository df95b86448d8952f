import type { FinishReason } from "../../lm/event.ts";
import { cancelled } from "../generation_problem.ts";
import { ProblemError } from "../problem.ts";

/** The reasons that OpenAI's API knows. */
export type OpenAiReason = Extract<FinishReason, "stop" | "length" | "content_filter">;

/** How the choices of a request end: one that was cut off must not pass for a whole one, for which there is no reason. */
export class Endings {
  readonly #model: string;
  readonly #signal: AbortSignal;
  /** Choices that have not ended. */
  readonly #open: Set<number>;
  #fault: ProblemError | undefined;

  /** @param count of choices @param signal aborts when the client leaves or the app stops */
  constructor(model: string, count: number, signal: AbortSignal) {
    this.#model = model;
    this.#signal = signal;
    this.#open = new Set(Array.from({ length: count }, (_, index) => index));
  }

  /** @returns the reason as OpenAI names it; null for a choice that goes on, or was cut off */
  tell(index: number, reason: FinishReason | undefined): OpenAiReason | null {
    if (reason === undefined) return null;
    this.#open.delete(index);
    if (isOpenAi(reason)) return reason;
    this.#fault ??= this.#cutOff(reason);
    return null;
  }

  /** Called when no more is to come. @throws {ProblemError} 503 when a choice was cancelled, 5xx when it was cut off else */
  check(): void {
    if (this.#open.size > 0) this.#fault ??= this.#cutOff(this.#signal.aborted ? "cancelled" : "incomplete");
    if (this.#fault !== undefined) throw this.#fault;
  }

  #cutOff(reason: Exclude<FinishReason, OpenAiReason>): ProblemError {
    const subject = `The generator "${this.#model}"`;
    if (reason === "cancelled") return cancelled("answer");
    if (reason === "error") return new ProblemError(500, "Generator failed", `${subject} failed on the way`);
    return new ProblemError(502, "Incomplete", `${subject} was cut off: its completion ended without a reason`);
  }
}

function isOpenAi(reason: FinishReason): reason is OpenAiReason {
  return reason === "stop" || reason === "length" || reason === "content_filter";
}
