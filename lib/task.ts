import type { DatasetSource } from "./datasets/dataset.ts";
import type { Element } from "./elements/element.ts";
import type { Prompt } from "./lm/prompt.ts";
import type { PromptMessage } from "./lm/prompt_messages.ts";
import type { SamplingParams } from "./lm/params.ts";
import type { Metric } from "./metrics/metric.ts";

/**
 * A dataset, how a sample becomes a prompt and a target, and the metrics that compare.
 *
 * Subtle: `prompt` and `target` are methods, not function properties, so that a task of any sample type is a
 * `Task<unknown>` for the app, while the developer's own code stays fully typed.
 */
export interface Task<Sample> {
  readonly title?: string;
  /** Split → where its rows come from. */
  readonly dataset: Readonly<Record<string, DatasetSource<Sample>>>;
  /**
   * The exact text that the model receives, or a `prompt` template that remembers its fields; or messages, of which the
   * generator's chat template makes that text. A message of the assistant at the end is what the answer begins with.
   * @param generator name of the one that is to answer; "" in a module without any
   */
  prompt(sample: Sample, generator: string): string | Prompt | readonly PromptMessage[];
  /** The expected completion; undefined for a sample that has none. */
  target?(sample: Sample): string | undefined;
  /** Elements that show the sample above its prompt; without it, the prompt stands for itself. */
  show?(sample: Sample): readonly Element<object>[];
  readonly metrics?: Readonly<Record<string, Metric>>;
  /** Where the sampling form starts, in place of the library's defaults. */
  readonly params?: Partial<SamplingParams>;
}
