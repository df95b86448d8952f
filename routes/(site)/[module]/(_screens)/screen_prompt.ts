/** A sample's prompt as a screen shows it: a conversation as its generator's chat template renders it, once it can. */
import type { Problem } from "../../../../lib/lm/event.ts";
import type { Prompt } from "../../../../lib/lm/prompt.ts";
import {
  isConversation,
  placeFields,
  plainMessages,
  type PromptMessage,
  readablePlaces,
  readablePrompt,
  type TaskPrompt,
} from "../../../../lib/lm/prompt_messages.ts";
import type { State } from "../../../../lib/server/app_state.ts";
import { within } from "../../../../lib/server/admission/within.ts";
import { modelPrompt, type Receiver } from "../../../../lib/server/model_prompt.ts";
import type { Place } from "../../../../lib/server/place.ts";
import { toldProblem } from "../../../../lib/server/told_problem.ts";
import type { ShownConversation } from "../../../../lib/ui/address/generation_screen.ts";
import { fingerprint } from "../../../../lib/ui/fingerprint.ts";

/** How long a page waits for a generator that opens, before it shows the messages without their exact text. */
const PATIENCE_MS = 5_000;

/** Whether a page opens a generator for the text: never, for as long as it is patient, or however long that takes. */
export type Opens = "never" | "soon" | "surely";

export interface ScreenPrompt {
  readonly prompt: Prompt;
  /** Absent for a task that gives the text itself. */
  readonly conversation?: ShownConversation;
  /** Why its exact text is not known. */
  readonly problem?: Problem;
}

/** A generator that has no template, or cannot be opened, leaves the messages as they are for people to read. */
export async function screenPrompt(
  { state, signal }: { readonly state: State; readonly signal: AbortSignal },
  { module, generator: name, taskName }: Place,
  given: TaskPrompt,
  opens: Opens,
): Promise<ScreenPrompt> {
  if (!isConversation(given)) return { prompt: given };
  const { registry, client } = state;
  const key = fingerprint(JSON.stringify(plainMessages(given)));
  const unknown = readable(given, { text: "unknown", key });
  if (name === "" || opens === "never" && !registry.isOpen(module.name, name)) return unknown;
  try {
    const receiver = async () => ({
      generator: await registry.generator(module.name, name, client),
      generatorName: name,
      taskName,
      signal,
    });
    const asking = receiver().then((each) => renderedPrompt(given, each, key));
    return await (opens === "surely" ? asking : within(PATIENCE_MS, asking, registry.traffic.clock)) ?? unknown;
  } catch (error) {
    return opens === "never" ? unknown : { ...unknown, problem: toldProblem(state, error) };
  }
}

async function renderedPrompt(given: readonly PromptMessage[], receiver: Receiver, key: string): Promise<ScreenPrompt> {
  const { text } = await modelPrompt(given, receiver);
  if (receiver.generator.takesMessages === true) return readable(given, { text: "sent", key });
  const { prompt, unmarked } = placeFields(text, given);
  return { prompt, conversation: { text: "exact", key, unmarked } };
}

function readable(given: readonly PromptMessage[], is: Pick<ShownConversation, "text" | "key">): ScreenPrompt {
  return { prompt: readablePrompt(given), conversation: { ...is, messages: readablePlaces(given), unmarked: [] } };
}
