/** What the chat screen knows from the server. */
import type { ElementState } from "../../elements/element.ts";
import type { Problem } from "../../lm/event.ts";
import type { SamplingParams } from "../../lm/params.ts";
import { type MetricLabel, paramsToQuery } from "./generation_screen.ts";

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
  /** What is wrong with the URL, when something is. */
  readonly problem?: Problem;
  /** The developer's controls: element states by element name, and each control's element name by its own. */
  readonly elements: Readonly<Record<string, ElementState>>;
  readonly controls: Readonly<Record<string, string>>;
}

/** The permalink of the screen; params that stand at their default are left out. */
export function chatHref(screen: ChatScreen, params: SamplingParams): string {
  const { module, component, generator, defaults } = screen;
  const query = new URLSearchParams([
    ["generator", generator],
    ...paramsToQuery(params, defaults).map((each) => [...each]),
  ]);
  return `/${module}/${component}?${query}`;
}
