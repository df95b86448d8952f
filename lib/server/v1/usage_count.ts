import type { Usage } from "../../lm/event.ts";

/** Counts tokens as OpenAI bills them: a prompt once, each completion by itself. */
export class UsageCount {
  #prompt: number | undefined = 0;
  #completion = 0;

  /** @param n choices of one prompt */
  constructor(readonly n: number) {}

  /** A choice is over. @param index its place among those of all prompts */
  finish(index: number, { promptTokens, completionTokens }: Usage): void {
    this.#completion += completionTokens;
    if (index % this.n > 0 || this.#prompt === undefined) return;
    this.#prompt = promptTokens === undefined ? undefined : this.#prompt + promptTokens;
  }

  /** Undefined where the tokens of a prompt are not known. */
  toJSON(): object | undefined {
    if (this.#prompt === undefined) return undefined;
    const total = this.#prompt + this.#completion;
    return { prompt_tokens: this.#prompt, completion_tokens: this.#completion, total_tokens: total };
  }
}
