/** What a developer's own function gave, once it is known to be what it should be: no type holds for plain JavaScript. */
import type { Message } from "./message.ts";
import { isPrompt, type Prompt, toPrompt } from "./prompt.ts";
import type { PromptMessage, TaskPrompt } from "./prompt_messages.ts";
import { quote } from "./quote.ts";

const ROLES: readonly unknown[] = ["system", "user", "assistant"] satisfies readonly Message["role"][];

/** @throws {TypeError} saying what came in place of a prompt */
export function checkedPrompt(given: unknown): Prompt {
  return isPrompt(given) ? given : toPrompt(checkedText(given));
}

/** What a task's `prompt` gave. @throws {TypeError} saying what came in place of a prompt, and which message is none */
export function checkedTaskPrompt(given: unknown): TaskPrompt {
  if (!Array.isArray(given)) return checkedPrompt(given);
  if (given.length === 0) throw new TypeError("expected a text or messages, got an empty list");
  return checkedList(given, isPromptMessage, "content: a text or prompt`…`");
}

/** @throws {TypeError} saying what came in place of a text */
export function checkedText(given: unknown): string {
  if (typeof given === "string") return given;
  refusePromise(given, "a text");
  throw new TypeError(`expected a text, got ${quote(given)}`);
}

/** @throws {TypeError} naming the turn that is none, and saying what came in its place */
export function checkedMessages(given: unknown): readonly Message[] {
  refusePromise(given, "a list of messages");
  if (!Array.isArray(given)) throw new TypeError(`expected a list of messages, got ${quote(given)}`);
  return checkedList(given, isMessage, "content: a text");
}

/** Subtle: from the list's length, as a list may have holes. */
function checkedList<Each>(
  given: readonly unknown[],
  isRight: (message: unknown) => message is Each,
  content: string,
): readonly Each[] {
  return Array.from(given, (message: unknown, index) => {
    if (isRight(message)) return message;
    const expected = `{ role: "system", "user" or "assistant", ${content} }`;
    throw new TypeError(`expected message ${index} to be ${expected}, got ${shownMessage(message)}`);
  });
}

/** @throws {TypeError} for what an async function gives, saying what was expected of it */
export function refusePromise(given: unknown, expected: string): void {
  if (!(given instanceof Promise)) return;
  given.catch(() => {}); // What it may still throw is not what is wrong.
  throw new TypeError(`expected ${expected}, got a promise: the function may not be async`);
}

function isMessage(value: unknown): value is Message {
  return isPromptMessage(value) && typeof value.content === "string";
}

function isPromptMessage(value: unknown): value is PromptMessage {
  return typeof value === "object" && value !== null && "role" in value && ROLES.includes(value.role) &&
    "content" in value && (typeof value.content === "string" || isPrompt(value.content));
}

function shownMessage(message: unknown): string {
  if (typeof message !== "object" || message === null) return quote(message);
  const { role, content }: { readonly role?: unknown; readonly content?: unknown } = message;
  return `role ${quote(role)} and content ${quote(content)}`;
}
