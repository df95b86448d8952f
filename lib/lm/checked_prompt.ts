/** What a developer's own function gave, once it is known to be what it should be: no type holds for plain JavaScript. */
import type { Message } from "./message.ts";
import { type Prompt, toPrompt } from "./prompt.ts";

const ROLES: readonly unknown[] = ["system", "user", "assistant"] satisfies readonly Message["role"][];
const SHOWN_CHARACTERS = 40;

/** @throws {TypeError} saying what came in place of a prompt */
export function checkedPrompt(given: unknown): Prompt {
  return isPrompt(given) ? given : toPrompt(checkedText(given));
}

/** @throws {TypeError} saying what came in place of a text */
export function checkedText(given: unknown): string {
  if (typeof given === "string") return given;
  refusePromise(given, "a text");
  throw new TypeError(`expected a text, got ${shownValue(given)}`);
}

/** @throws {TypeError} naming the turn that is none, and saying what came in its place */
export function checkedMessages(given: unknown): readonly Message[] {
  refusePromise(given, "a list of messages");
  if (!Array.isArray(given)) throw new TypeError(`expected a list of messages, got ${shownValue(given)}`);
  return given.map((message: unknown, index) => {
    if (isMessage(message)) return message;
    const expected = '{ role: "system", "user" or "assistant", content: a text }';
    throw new TypeError(`expected message ${index} to be ${expected}, got ${shownMessage(message)}`);
  });
}

/** @throws {TypeError} for what an async function gives, saying what was expected of it */
export function refusePromise(given: unknown, expected: string): void {
  if (!(given instanceof Promise)) return;
  given.catch(() => {}); // What it may still throw is not what is wrong.
  throw new TypeError(`expected ${expected}, got a promise: the function may not be async`);
}

function isPrompt(value: unknown): value is Prompt {
  return typeof value === "object" && value !== null && "text" in value && typeof value.text === "string" &&
    "spans" in value && Array.isArray(value.spans);
}

function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null && "role" in value && ROLES.includes(value.role) &&
    "content" in value && typeof value.content === "string";
}

function shownMessage(message: unknown): string {
  if (typeof message !== "object" || message === null) return shownValue(message);
  const { role, content }: { readonly role?: unknown; readonly content?: unknown } = message;
  return `role ${shownValue(role)} and content ${shownValue(content)}`;
}

/** Whatever it is: JSON cannot be written of a cycle or a bigint, and is long for a long text. */
function shownValue(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "function") return "a function";
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value);
}
