/** What the chat screen knows from the server. */
import type { ElementState } from "../elements/element.ts";
import type { SamplingParams } from "../lm/params.ts";
import type { MetricLabel } from "./generation_screen.ts";

export interface ChatScreen {
  readonly module: string;
  readonly component: string;
  readonly title: string;
  /** Undefined when the component's prompt has no place for one. */
  readonly system: string | undefined;
  readonly starters: readonly string[];
  /** What is measured of each answer. */
  readonly metrics: readonly MetricLabel[];
  readonly generators: readonly string[];
  readonly generator: string;
  readonly defaults: SamplingParams;
  readonly params: SamplingParams;
  /** The developer's controls: element states by element name, and each control's element name by its own. */
  readonly elements: Readonly<Record<string, ElementState>>;
  readonly controls: Readonly<Record<string, string>>;
}
