/** A number about a completion: of its text against the target, or of its tokens' logprobs. */
export type Metric =
  | {
    readonly kind: "text";
    /** One sentence for whoever hovers the number. */
    readonly description: string;
    /** Undefined when there is nothing to measure. `target` is "" when there is none. May not be async. */
    readonly compute: (completion: string, target: string) => number | undefined;
    /** True when the metric means nothing without a target. */
    readonly needsTarget?: boolean;
  }
  | {
    readonly kind: "logprobs";
    readonly description: string;
    /** @param logprobs raw natural logprobs, one a token */
    readonly compute: (logprobs: readonly number[]) => number | undefined;
  };
