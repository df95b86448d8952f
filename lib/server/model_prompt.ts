/** From what a task's `prompt` gives to what its generator receives. */
import type { Generator } from "../generators/generator.ts";
import type { Message } from "../lm/message.ts";
import { isConversation, plainMessages, type TaskPrompt, withoutBegun, withoutFields } from "../lm/prompt_messages.ts";
import { PROMPT_BYTES } from "../lm/wire.ts";
import { cancelled, generationProblem } from "./generation_problem.ts";
import { ProblemError } from "./problem.ts";

const encoder = new TextEncoder();

/** Who is to answer, and for which task. */
export interface Receiver {
  readonly generator: Generator;
  readonly generatorName: string;
  readonly taskName: string;
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal | undefined;
}

/** As a generator is asked for a run, a step or a score. */
export interface ModelPrompt {
  /** The exact text that the model receives; for a generator that takes messages one for people to read. */
  readonly text: string;
  /** What the text was rendered from; undefined where the task gives it itself. */
  readonly messages: readonly Message[] | undefined;
}

/**
 * @throws {ProblemError} 422 where the task gives messages and the generator has no chat template, or it refuses them;
 * and where that is more than a model is given
 */
export async function modelPrompt(given: TaskPrompt, receiver: Receiver): Promise<ModelPrompt> {
  const prompt = isConversation(given)
    ? await renderedTask(plainMessages(given), receiver)
    : { text: given.text, messages: undefined };
  const { generator, generatorName, taskName } = receiver;
  checkPromptSize(prompt, { generator, generatorName, field: "prompt", what: `the prompt of task "${taskName}"` });
  return prompt;
}

interface Sized extends Pick<Receiver, "generator" | "generatorName"> {
  /** Of the request, which holds what the prompt is made of. */
  readonly field: string;
  /** What is told to be too large: the field where it is absent. */
  readonly what?: string;
}

/**
 * The limit of what a model receives, whatever it was made of: the messages' texts together where it takes these, the
 * text of all else.
 * @throws {ProblemError} 422 saying how many bytes there are, and how many may be
 */
export function checkPromptSize(
  { text, messages }: ModelPrompt,
  { generator, generatorName, field, what = field }: Sized,
): void {
  const sent = generator.takesMessages === true ? messages : undefined;
  const texts = sent?.map(({ content }) => content) ?? [text];
  const sizeBytes = texts.reduce((sum, each) => sum + encoder.encode(each).byteLength, 0);
  if (sizeBytes <= PROMPT_BYTES) return;
  const received = sent === undefined ? "the text" : "all messages together";
  const detail = `Cannot use ${what}: ${received} that generator "${generatorName}" receives must be at most ` +
    `${PROMPT_BYTES} bytes of UTF-8, got ${sizeBytes}`;
  throw new ProblemError(422, "Prompt too long", detail, { field });
}

/**
 * The text with the fields left blank: the same template, which says nothing of the sample.
 * @returns undefined where the chat template refuses messages without content
 */
export async function blankText(given: TaskPrompt, receiver: Receiver): Promise<string | undefined> {
  try {
    return (await modelPrompt(withoutFields(given), receiver)).text;
  } catch (error) {
    if (error instanceof ProblemError && error.status === 422) return undefined;
    throw error;
  }
}

/** Subtle: what the answer begins with stands behind the template's text, which leads to the answer, as in a chat. */
async function renderedTask(messages: readonly Message[], receiver: Receiver): Promise<ModelPrompt> {
  const { generatorName, taskName } = receiver;
  const without =
    `Cannot use task "${taskName}": its prompt is a conversation, and generator "${generatorName}" has no ` +
    "chat template to make its text; it needs one, or the task a prompt that is a text";
  const { asked, begun } = withoutBegun(messages);
  return { text: await rendered(asked, { ...receiver, without }) + begun, messages };
}

interface Rendering extends Omit<Receiver, "taskName"> {
  /** What is told where the generator has no chat template. */
  readonly without: string;
}

/** A conversation in the generator's chat template. @throws {ProblemError} 422 where it has none, or refuses it */
export async function rendered(
  messages: readonly Message[],
  { generator, generatorName, signal, without }: Rendering,
): Promise<string> {
  const { renderChat } = generator;
  if (renderChat === undefined) throw new ProblemError(422, "Not available", without, { field: "generator" });
  try {
    return await renderChat.call(generator, messages, signal);
  } catch (error) {
    if (signal?.aborted === true) throw cancelled("render the conversation");
    throw generationProblem(error, generatorName);
  }
}
