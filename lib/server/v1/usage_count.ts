/** What a piece of a choice counts for. */
interface Counted {
  /** Place of the choice. */
  readonly index: number;
  readonly placed: readonly unknown[];
  readonly promptTokens?: number | undefined;
}

/** Counts tokens as OpenAI bills them: a prompt once, each completion by itself. */
export class UsageCount {
  #prompt = 0;
  #completion = 0;

  /** @param n choices of one prompt */
  constructor(readonly n: number) {}

  add({ index, placed, promptTokens }: Counted, isPrompt: boolean): void {
    if (!isPrompt) this.#completion += placed.length;
    if (promptTokens !== undefined && index % this.n === 0) this.#prompt += promptTokens;
  }

  toJSON(): object {
    const total = this.#prompt + this.#completion;
    return { prompt_tokens: this.#prompt, completion_tokens: this.#completion, total_tokens: total };
  }
}
