/** What the generation screen shows, as the server knows it, and the URL that restores it. */
import * as v from "valibot";
import type { Problem } from "../../lm/event.ts";
import { DEFAULT_PARAMS, type NumericParam, PARAM_RANGES, type SamplingParams } from "../../lm/params.ts";
import type { Prompt } from "../../lm/prompt.ts";
import type { MessagePlace } from "../../lm/prompt_messages.ts";
import { paramsFromWire, paramsSchema } from "../../lm/wire.ts";
import { snakeCase } from "../../lm/wire_text.ts";
import { OWN_PROMPT } from "./own_prompt.ts";
import { formatBias, parseBias } from "./bias_text.ts";
import { formatStopTexts, parseStopTexts } from "./stop_texts.ts";

/** Params (snake_case) by which no other token is drawn: they tell where a completion ends, and how many there are. */
const NOT_OF_DRAWING: readonly string[] = ["max_tokens", "stop", "n"];

/** How a metric is named and written. */
export interface MetricLabel {
  readonly name: string;
  readonly description: string;
}

/** What is known of a prompt that is a conversation. */
export interface ShownConversation {
  /**
   * What the prompt's text is: exactly what the model receives; a way to read the messages, which are sent as they are to
   * a server with a template of its own; or the same while the text is not known, as the generator is not open, or fails.
   */
  readonly text: "exact" | "sent" | "unknown";
  /** Fingerprint of the messages: the same whatever their text is. */
  readonly key: string;
  /** Where its messages stand in the prompt's text, where that is not exactly what the model receives. */
  readonly messages?: readonly MessagePlace[];
  /** Fields whose places in the text are not certain. */
  readonly unmarked: readonly string[];
}

export interface GenerationScreen {
  readonly module: string;
  readonly component: string;
  readonly title: string;
  readonly tasks: readonly string[];
  readonly task: string;
  readonly splits: readonly string[];
  readonly split: string;
  readonly sample: number;
  /** Field → other text, for a sample that was derived from the dataset's. */
  readonly edits: Readonly<Record<string, string>>;
  /** The prompt as somebody wrote it, in place of the sample's: it has no fields, and there is no target. */
  readonly ownPrompt?: string | undefined;
  readonly size: number;
  /** Lines of the split that could not be read, with the reason; at most the first few. */
  readonly leftOut: readonly string[];
  readonly leftOutCount: number;
  readonly prompt: Prompt;
  /** Absent where the task gives the prompt's text itself. */
  readonly conversation?: ShownConversation;
  /** How the generator sends a prompt that is a text; absent of messages, and until it is open. */
  readonly textSent?: "exact" | "message";
  readonly target?: string;
  readonly generators: readonly string[];
  readonly generator: string;
  /** Precision, device and driver of the generator; absent until it is open. */
  readonly engine?: string;
  readonly metrics: readonly MetricLabel[];
  /** Where the form starts for this task. */
  readonly defaults: SamplingParams;
  readonly params: SamplingParams;
  /** The module's component that steps token by token; absent when it has none. */
  readonly nextToken?: string;
  /** The module's component that shows data sets; absent when it has none. */
  readonly dataset?: string;
  /** Sample that "Random" leads to. */
  readonly random: number;
}

/** Under which a form names the task and the split that its sample was shown for. */
export const FROM_TASK = "from_task", FROM_SPLIT = "from_split";

/** The part of the screen that its URL holds. */
export type ScreenPlace = Pick<
  GenerationScreen,
  "module" | "component" | "task" | "split" | "sample" | "edits" | "ownPrompt" | "generator" | "defaults" | "params"
>;

/** The permalink of a screen, with what else it holds; params that stand at their default are left out. */
export function screenHref(place: ScreenPlace, more: readonly (readonly [name: string, value: string])[] = []): string {
  const query = new URLSearchParams({ task: place.task, split: place.split, sample: String(place.sample) });
  if (place.generator !== "") query.set("generator", place.generator);
  if (Object.keys(place.edits).length > 0) query.set("edits", JSON.stringify(place.edits));
  if (place.ownPrompt !== undefined) query.set(OWN_PROMPT, place.ownPrompt);
  for (const [name, value] of [...paramsToQuery(place.params, place.defaults), ...more]) query.append(name, value);
  return `/${place.module}/${place.component}?${query}`;
}

/** What a prompt of one's own begins with: the prompt on screen, but for messages whose exact text is not known. */
export function editableText({ prompt, conversation }: Pick<GenerationScreen, "prompt" | "conversation">): string {
  return conversation === undefined || conversation.text === "exact" ? prompt.text : "";
}

/** What a request says of the prompt that is on screen: a sample's, or one's own, for which no sample gives a target. */
export function promptSource(
  { task, split, sample, edits, ownPrompt, generator }: ScreenPlace,
): Record<string, unknown> {
  if (ownPrompt !== undefined) return { task, prompt: ownPrompt, generator };
  return { task, split, sample, generator, ...(Object.keys(edits).length === 0 ? {} : { edits }) };
}

/** Name (snake_case) and text of each param that differs from its default. */
export function paramsToQuery(params: SamplingParams, defaults: SamplingParams): readonly [string, string][] {
  const changed = NUMERIC.filter((name) => params[name] !== defaults[name])
    .map((name): [string, string] => [snakeCase(name), String(params[name])]);
  const others = OTHERS.map((name) => [name, writeParam(name, params)] as const)
    .filter(([name, text]) => text !== writeParam(name, defaults));
  return [...changed, ...others.map(([name, text]): [string, string] => [snakeCase(name), text])];
}

/** The params that are no numbers. */
const OTHERS = ["stop", "logitBias", "order"] as const;

function writeParam(name: typeof OTHERS[number], params: SamplingParams): string {
  switch (name) {
    case "stop":
      return formatStopTexts(params.stop);
    case "logitBias":
      return formatBias(params.logitBias);
    case "order":
      return params.order.join();
  }
}

/** Params that a query names, laid over the defaults, or the first thing wrong with them. */
export function paramsFromQuery(
  query: URLSearchParams,
  defaults: SamplingParams,
): { readonly params: SamplingParams; readonly problem?: Pick<Problem, "detail" | "field"> } {
  const wire: Record<string, unknown> = {};
  for (const name of NUMERIC.map(snakeCase)) {
    const text = query.get(name);
    // Subtle: Number("") is 0, so an emptied field must be kept apart from a typed 0.
    if (text !== null) wire[name] = text.trim() === "" ? text : Number(text);
  }
  const stop = query.get("stop");
  if (stop !== null) wire.stop = parseStopTexts(stop);
  const bias = query.get("logit_bias"), order = query.get("order");
  if (bias !== null) wire.logit_bias = parseBias(bias);
  if (order !== null) wire.order = order.split(",");
  const parsed = v.safeParse(paramsSchema, wire);
  if (parsed.success) return { params: paramsFromWire(parsed.output, defaults) };
  const issue = parsed.issues[0];
  const field = v.getDotPath(issue)?.split(".")[0] ?? "params";
  const detail = `Cannot use ${field} "${query.get(field) ?? ""}": it ${issue.message}`;
  return { params: defaults, problem: { detail, field: `params.${field}` } };
}

/** Names (snake_case) of the params that differ from their defaults. */
export function changedParams(params: SamplingParams, defaults: SamplingParams): readonly string[] {
  return paramsToQuery(params, defaults).map(([name]) => name);
}

/** Those of them by which other tokens may be drawn. */
export function changedDraws(params: SamplingParams, defaults: SamplingParams): readonly string[] {
  return changedParams(params, defaults).filter((name) => !NOT_OF_DRAWING.includes(name));
}

/** The params as a request carries them. */
export function paramsToWire(params: SamplingParams): Record<string, unknown> {
  const { logitBias, ...others } = params;
  const bias = Object.entries(logitBias).map(([id, value]) => [id, value === -Infinity ? null : value]);
  return {
    ...Object.fromEntries(Object.entries(others).map(([name, value]) => [snakeCase(name), value])),
    logit_bias: Object.fromEntries(bias),
  };
}

export function defaultsOf(overrides: Partial<SamplingParams> = {}): SamplingParams {
  return { ...DEFAULT_PARAMS, ...overrides };
}

const NUMERIC = Object.keys(PARAM_RANGES).filter((name): name is NumericParam => name in PARAM_RANGES);
export { NUMERIC };

/** As an address names them. */
export const PARAM_NAMES: readonly string[] = [...NUMERIC, ...OTHERS].map(snakeCase);
