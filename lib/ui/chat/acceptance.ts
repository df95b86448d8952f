/** What is accepted of a run as it comes, and which draft is over with an answer or an edit. Pure. */
import type { FinishReason } from "../../lm/event.ts";
import { batchOf, type Chat, thread, type TurnId } from "./chat_state.ts";

const EARLY: readonly (FinishReason | undefined)[] = [undefined, "cancelled", "incomplete", "error"];

/**
 * The chat with a run's answer accepted: the one on screen, or the run's first where somebody has gone elsewhere. As it
 * was where one of the run's answers ended early, or one is accepted already.
 * @param first of the turns that the run wrote
 */
export function acceptedAsItCame(chat: Chat, first: TurnId): Chat {
  const turn = chat.turns[first];
  const written = turn === undefined ? [] : batchOf(chat, turn);
  if (written.some(({ isAccepted, reason }) => isAccepted || EARLY.includes(reason))) return chat;
  const answer = written.find(({ id }) => id === chat.leaf) ?? turn;
  if (answer === undefined) return chat;
  return { ...chat, turns: chat.turns.with(answer.id, { ...answer, isAccepted: true }) };
}

/** The draft once a message is done with: gone where it says the same, kept where it is another one. */
export function draftWithout(message: TurnId | undefined, { turns }: Chat, draft: string): string {
  return turns[message ?? -1]?.text === draft ? "" : draft;
}

/** The draft once a message is edited: what it says now, unless a message is typed that was not said yet. */
export function draftAfterEdit(turn: TurnId, text: string, chat: Chat, draft: string): string {
  const last = thread(chat).findLast(({ role }) => role === "user");
  const isSaid = [turn, last?.id].some((said) => draftWithout(said, chat, draft) === "");
  return isSaid ? text : draft;
}
