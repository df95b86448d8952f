/** A prompt as a conversation: messages whose fields are remembered, for models that have a chat template. */
import type { Message } from "./message.ts";
import { blankPrompt, fieldsOf, type FieldSpan, joinPrompts, type Prompt, prompt, toPrompt } from "./prompt.ts";

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
 * Subtle: many templates take the white space around a content away, and with it the content may stand somewhere else. So
 * each is looked for without, and has of its own what stands around the place.
 * @example in "user\nHi\nuser\nHi there" the contents "Hi" and "Hi there" are found; "user" in "user\nuser" is not, as
 * either word may be the template's
 */
export function placeFields(text: string, messages: readonly PromptMessage[]): PlacedPrompt {
  // White space alone shows nothing to mark, and could stand anywhere.
  const told = messages.map(({ content }) => toPrompt(content)).filter((content) => content.text.trim() !== "");
  const contents = told.map((content) => content.text.trim());
  const first = firstPlaces(text, contents), last = lastPlaces(text, contents);
  const spans: FieldSpan[] = [], unmarked = new Set<string>();
  let from = 0;
  for (const [index, content] of told.entries()) {
    const place = first?.[index];
    if (place === undefined || place !== last?.[index]) {
      content.spans.forEach(({ field }) => unmarked.add(field));
      continue;
    }
    const { start, end, offset } = spaced(text, content.text, { place, from });
    const within = (at: number) => Math.min(Math.max(at + offset, start), end);
    spans.push(...content.spans.map((span) => ({ ...span, start: within(span.start), end: within(span.end) })));
    from = end;
  }
  return { prompt: { text, spans }, unmarked: [...unmarked] };
}

/**
 * Where a content stands with the white space around it, as far as that is there too. `offset` leads from a place in it to
 * one in the text.
 * @param place where it stands without white space
 * @param from where what stands before it ends
 */
function spaced(text: string, content: string, { place, from }: { readonly place: number; readonly from: number }) {
  const trimmed = content.trim(), lead = content.length - content.trimStart().length;
  const before = content.slice(0, lead), after = content.slice(lead + trimmed.length), end = place + trimmed.length;
  return {
    start: place - lead >= from && text.startsWith(before, place - lead) ? place - lead : place,
    end: text.startsWith(after, end) ? end + after.length : end,
    offset: place - lead,
  };
}

/** Where each content stands at the earliest; undefined where they do not all stand there in their order. */
function firstPlaces(text: string, contents: readonly string[]): readonly number[] | undefined {
  const places: number[] = [];
  let from = 0;
  for (const content of contents) {
    const place = text.indexOf(content, from);
    if (place < 0) return undefined;
    places.push(place);
    from = place + content.length;
  }
  return places;
}

/** Where each content stands at the latest. */
function lastPlaces(text: string, contents: readonly string[]): readonly number[] | undefined {
  const places: number[] = [];
  let end = text.length;
  for (const content of contents.toReversed()) {
    const place = end < content.length ? -1 : text.lastIndexOf(content, end - content.length);
    if (place < 0) return undefined;
    places.unshift(place);
    end = place;
  }
  return places;
}
