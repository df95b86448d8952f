/** What an answer came by beside its turns and params: where it is had again, it is asked for by these. Pure. */
import type { ElementState } from "../../elements/element.ts";
import type { ChatScreen } from "../address/chat_screen.ts";
import { type Chat, messagesOf, type Settings, thread, type Turn } from "./chat_state.ts";

/** The request that goes on after these turns. */
export function bodyOf(turns: readonly Turn[], prefill: string, { system, controls, generator }: Settings) {
  return { messages: messagesOf(turns), prefill, system, controls, generator };
}

export function isSame(one: Settings, other: Settings): boolean {
  return one.system === other.system && one.generator === other.generator &&
    JSON.stringify(one.controls) === JSON.stringify(other.controls);
}

/** Those that a turn belongs to, a message to those of the answer below it; undefined where nobody kept them. */
export function settingsOf(chat: Chat, turn: Turn): Settings | undefined {
  const answer = turn.role === "assistant" ? turn : thread(chat).find(({ parent }) => parent === turn.id);
  return answer?.origin?.settings ?? answer?.askedUnder;
}

/** Those of the last answer on screen of which they were kept. */
export function lastSettings(chat: Chat): Settings | undefined {
  return thread(chat).findLast(({ origin }) => origin?.settings !== undefined)?.origin?.settings;
}

/** What each control takes of kept settings, by its element's name: their value, or its own where it has no such value. */
export function controlValues(
  { controls, elements }: Pick<ChatScreen, "controls" | "elements">,
  { controls: kept }: Settings,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(controls).map(([name, element]) => {
      const value = Object.hasOwn(kept, name) ? kept[name] : undefined;
      return [element, hasValue(elements[element], value) ? value : elements[element]?.value];
    }),
  );
}

/** Whether an input can show such a value. Whether it takes it is for the server to say, with its reason. */
function hasValue(input: ElementState | undefined, value: unknown): boolean {
  if (input === undefined || value === undefined) return false;
  const { choices, min, max } = input;
  if (Array.isArray(choices)) return choices.includes(value);
  if (typeof value === "number" && typeof min === "number" && typeof max === "number") {
    return value >= min && value <= max;
  }
  return typeof value === typeof input.value;
}
