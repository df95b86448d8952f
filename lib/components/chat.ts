import type { Inputs } from "../elements/button/button.ts";
import type { ValuesOf } from "../elements/input.ts";
import type { Message } from "../lm/message.ts";
import type { Prompt } from "../lm/prompt.ts";
import type { SamplingParams } from "../lm/params.ts";
import type { Metric } from "../metrics/metric.ts";

/** What a conversation's prompt is made from. */
export interface Conversation<Group extends Inputs = Inputs> {
  /** The system prompt, as it stands in its field; "" for none. */
  readonly system: string;
  /** Turns of user and assistant in order; the last is the user's. */
  readonly messages: readonly Message[];
  /** Values of the developer's controls. */
  readonly values: ValuesOf<Group>;
}

export interface ChatOptions<Group extends Inputs> {
  /** Default "chat". */
  readonly name?: string;
  /** Default "Chat". */
  readonly title?: string;
  /** The system prompt that a new chat starts with; default "", or none beside a `prompt` of one's own. */
  readonly system?: string;
  /** First messages to choose from. */
  readonly starters?: readonly string[];
  /** Inputs of one's own beside the conversation; another value begins a new chat. */
  readonly controls?: () => Group;
  /** The exact text for the model; default: the generator's own chat template. */
  readonly prompt?: (conversation: Conversation<Group>) => string | Prompt;
  /**
   * The turns for the model, where they are others than those on screen: a system message made of the controls, say.
   * The generator makes the exact text of them; a `prompt` of one's own wins.
   */
  readonly messages?: (conversation: Conversation<Group>) => readonly Message[];
  /** What is measured of each answer; there is no target, so metrics that need one have no value. */
  readonly metrics?: Readonly<Record<string, Metric>>;
  /** Where the sampling form starts. */
  readonly params?: Partial<SamplingParams>;
}

/** A page of conversation: every turn can be edited, done again and opened token by token. */
export interface ChatComponent {
  readonly kind: "chat";
  readonly name: string;
  readonly title: string;
  /** Undefined: `prompt` has no place for one. */
  readonly system: string | undefined;
  readonly starters: readonly string[];
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly params: Partial<SamplingParams>;
  /** New inputs for each request: what they hold is the client's. */
  controls(): Inputs;
  /** Undefined: the generator's chat template makes it. */
  readonly prompt: ((conversation: Conversation) => string | Prompt) | undefined;
  /** Undefined: the system prompt and the turns on screen. */
  readonly messages: ((conversation: Conversation) => readonly Message[]) | undefined;
}

/**
 * A page of conversation. With `prompt` its text is made here, else by the generator's chat template.
 * @param options.controls makes the screen's own inputs, whose values `prompt` and `messages` are given
 */
export function chat<Group extends Inputs = Record<never, never>>(options: ChatOptions<Group> = {}): ChatComponent {
  const { name = "chat", title = "Chat", starters = [], metrics = {}, params = {}, controls, prompt, messages } =
    options;
  return {
    kind: "chat",
    name,
    title,
    system: options.system ?? (prompt === undefined ? "" : undefined),
    starters,
    metrics,
    params,
    controls: controls ?? (() => ({})),
    // The app calls `prompt` with values of the controls that this very component made.
    prompt: prompt as ChatComponent["prompt"],
    messages: messages as ChatComponent["messages"],
  };
}
