/** The conversations of a chat: begun beside each other, found by what was said in them, opened as they were left. Pure. */
import { type Chat, thread, type Turn } from "./chat_state.ts";
import { newId } from "../new_id.ts";

/** A new conversation beside all that there are; the one on screen, while nothing is said in it. */
export function begun(chat: Chat): Chat {
  const conversation = 1 + Math.max(-1, ...chat.turns.map((turn) => turn.conversation));
  return { ...chat, leaf: undefined, conversation };
}

/** The thread without its first turns, as a new conversation; what it is a copy of stays. */
export function withoutFirst(chat: Chat, count: number): Chat {
  const { conversation } = begun(chat);
  const from = chat.turns.length;
  // Subtle: the steps came after a longer prompt, and by what stands before a copy its tokens have other numbers.
  const copies = thread(chat).slice(count).map(({ promptIds: _, askedUnder: __, ...turn }, index): Turn => ({
    ...turn,
    steps: [],
    id: from + index,
    key: newId(),
    parent: index === 0 ? undefined : from + index - 1,
    conversation,
    // A copy stands alone, also where its origin was one of several.
    ...(turn.origin === undefined ? {} : { origin: { ...turn.origin, batch: from + index } }),
  }));
  return { turns: [...chat.turns, ...copies], leaf: copies.at(-1)?.id, conversation };
}

/** One of the browser's conversations, as a list shows it. */
export interface ConversationSummary {
  readonly conversation: number;
  /** What it begins with. */
  readonly title: string;
  /** Turns in it, all versions. */
  readonly turns: number;
}

/** The conversations in which `query` was said, in any version, the latest first; all of them for "". */
export function conversations({ turns }: Chat, query: string): readonly ConversationSummary[] {
  const wanted = query.toLowerCase();
  return [...Map.groupBy(turns, ({ conversation }) => conversation)]
    .filter(([, own]) => own.some(({ text }) => text.toLowerCase().includes(wanted)))
    .map(([conversation, own]) => ({ conversation, title: own[0]?.text ?? "", turns: own.length }))
    .toSorted((one, other) => other.conversation - one.conversation);
}

/** Whether any can be opened: another one, or this one, which goes on further than it stands on screen. */
export function canOpen({ turns, leaf, conversation }: Chat): boolean {
  return turns.some((turn) => turn.conversation !== conversation || turn.parent === leaf);
}

/** Another conversation, as it was left: its latest turn on screen. */
export function opened(chat: Chat, conversation: number): Chat {
  const last = chat.turns.findLast((turn) => turn.conversation === conversation);
  return { ...chat, leaf: last?.id, conversation };
}

/** The turn of that key on screen; as before when there is none. */
export function openedAt(chat: Chat, key: string | undefined): Chat {
  const turn = key === undefined ? undefined : chat.turns.find((turn) => turn.key === key);
  return turn === undefined ? chat : { ...chat, leaf: turn.id, conversation: turn.conversation };
}
