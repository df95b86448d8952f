/** A prompt as a conversation: messages whose fields are remembered, for models that have a chat template. */
import type { Message } from "./message.ts";
import { blankPrompt, fieldsOf, joinPrompts, type Prompt, prompt, toPrompt } from "./prompt.ts";

/** One message of a task's conversation. */
export interface PromptMessage {
  readonly role: Message["role"];
  /** A text, or a `prompt` template whose fields are remembered. */
  readonly content: string | Prompt;
}

/** What a task's `prompt` gives: the text itself, or what a chat template makes the text of. */
export type TaskPrompt = Prompt | readonly PromptMessage[];

export function isConversation(given: TaskPrompt): given is readonly PromptMessage[] {
  return Array.isArray(given);
}

/** The messages as a model's server or template takes them. */
export function plainMessages(messages: readonly PromptMessage[]): readonly Message[] {
  return messages.map(({ role, content }) => ({ role, content: toPrompt(content).text }));
}

/** The fields of a prompt, or of all its messages, each once. */
export function taskFields(given: TaskPrompt): readonly string[] {
  if (!isConversation(given)) return fieldsOf(given);
  return [...new Set(given.flatMap(({ content }) => fieldsOf(toPrompt(content))))];
}

/** The same prompt or messages with the values of some fields left out. @param fields those that are; absent: all */
export function withoutFields(given: TaskPrompt, fields?: readonly string[]): TaskPrompt {
  const blank = (part: string | Prompt) => toPrompt(blankPrompt(toPrompt(part), fields));
  return isConversation(given) ? given.map(({ role, content }) => ({ role, content: blank(content) })) : blank(given);
}

/** The messages to be answered, and what the answer begins with: the content of an assistant's message at the end. */
export function withoutBegun<Each extends PromptMessage>(
  messages: readonly Each[],
): { readonly asked: readonly Each[]; readonly begun: Each["content"] | "" } {
  const last = messages.at(-1);
  return last?.role === "assistant"
    ? { asked: messages.slice(0, -1), begun: last.content }
    : { asked: messages, begun: "" };
}

/** A conversation for people to read, where nobody can tell the text that a model receives.
 * @example [{ role: "user", content: "Hi" }] is "[user]\nHi\n\n[assistant]\n" */
export function readablePrompt(messages: readonly PromptMessage[]): Prompt {
  const { asked, begun } = withoutBegun(messages);
  const turns = asked.map(({ role, content }) => prompt`[${role}]\n${content}\n\n`);
  return joinPrompts([...turns, prompt`[assistant]\n${begun}`]);
}

/** Where a message's content stands in a text. Offsets count UTF-16 units. */
export interface MessagePlace {
  readonly role: Message["role"];
  readonly start: number;
  readonly end: number;
}

/** Where the contents stand in the text of `readablePrompt`. */
export function readablePlaces(messages: readonly PromptMessage[]): readonly MessagePlace[] {
  let at = 0;
  return plainMessages(messages).map(({ role, content }) => {
    const start = at + `[${role}]\n`.length, end = start + content.length;
    at = end + "\n\n".length;
    return { role, start, end };
  });
}

/** A conversation's text with those fields marked whose place in it is certain. */
export interface PlacedPrompt {
  readonly prompt: Prompt;
  /** Names of fields that stand in the messages and are not marked, or not everywhere. */
  readonly unmarked: readonly string[];
}

/**
 * Finds the fields of messages in the text that a template made of them, whatever the template is. A content is in its
 * place where there is no other: with all contents in their order, the first place that it can have is also the last.
 * @example in "user\nHi\nuser\nHi there" the contents "Hi" and "Hi there" are found; "user" in "user\nuser" is not, as
 * either word may be the template's
 */
export function placeFields(text: string, messages: readonly PromptMessage[]): PlacedPrompt {
  // White space alone shows nothing to mark, and could stand anywhere.
  const told = messages.map(({ content }) => toPrompt(content)).filter((content) => content.text.trim() !== "");
  const contents = told.map((content) => asWritten(text, content));
  const first = firstPlaces(text, contents), last = lastPlaces(text, contents);
  const spans = contents.flatMap(({ spans }, index) => {
    const place = first?.[index];
    if (place === undefined || place !== last?.[index]) return [];
    return spans.map(({ field, start, end }) => ({ field, start: place + start, end: place + end }));
  });
  const missing = contents.filter((_, index) => first === undefined || first[index] !== last?.[index]);
  const unmarked = new Set(missing.flatMap(({ spans }) => spans.map(({ field }) => field)));
  return { prompt: { text, spans }, unmarked: [...unmarked] };
}

/** A content as it stands in the text: many templates take the white space around it away. */
function asWritten(text: string, content: Prompt): Prompt {
  const trimmed = content.text.trim();
  if (text.includes(content.text) || trimmed === content.text) return content;
  const from = content.text.length - content.text.trimStart().length;
  const within = (offset: number) => Math.min(Math.max(offset - from, 0), trimmed.length);
  return {
    text: trimmed,
    spans: content.spans.map(({ field, start, end }) => ({ field, start: within(start), end: within(end) })),
  };
}

/** Where each content stands at the earliest; undefined where they do not all stand there in their order. */
function firstPlaces(text: string, contents: readonly Prompt[]): readonly number[] | undefined {
  const places: number[] = [];
  let from = 0;
  for (const content of contents) {
    const place = text.indexOf(content.text, from);
    if (place < 0) return undefined;
    places.push(place);
    from = place + content.text.length;
  }
  return places;
}

/** Where each content stands at the latest. */
function lastPlaces(text: string, contents: readonly Prompt[]): readonly number[] | undefined {
  const places: number[] = [];
  let end = text.length;
  for (const content of contents.toReversed()) {
    const place = end < content.text.length ? -1 : text.lastIndexOf(content.text, end - content.text.length);
    if (place < 0) return undefined;
    places.unshift(place);
    end = place;
  }
  return places;
}
