/** Which turns stand on screen where there are several: answers beside each other, versions, and the thread after one. Pure. */
import { batchOf, type Chat, thread, type Turn, type TurnId, type TurnSelection } from "./chat_state.ts";

/**
 * Answers that stand beside each other at the thread's end until one of them is chosen, as they came together or were asked
 * for so; none where the last turn stands alone.
 * @param beside answers to one message that were asked for beside each other
 */
export function choices(chat: Chat, beside: readonly TurnId[]): readonly Turn[] {
  const last = thread(chat).at(-1);
  if (last === undefined) return [];
  const asked = beside.includes(last.id) ? beside.flatMap((id) => chat.turns[id] ?? []) : [];
  if (asked.length > 1) return asked;
  const together = batchOf(chat, last);
  return together.length > 1 && together.every(({ isAccepted }) => !isAccepted) ? together : [];
}

/** A selection whose turn is on screen; undefined for that of another thread, conversation or version. */
export function inSight(
  chat: Chat,
  beside: readonly TurnId[],
  selection: TurnSelection | undefined,
): TurnSelection | undefined {
  if (selection === undefined) return undefined;
  const seen = [...thread(chat), ...choices(chat, beside)];
  return seen.some(({ id }) => id === selection.turn) ? selection : undefined;
}

/** Shows a turn and the thread that follows it, as far as it goes. */
export function shown(chat: Chat, turn: TurnId): Chat {
  let leaf = turn;
  for (let next = chat.turns[turn]; next !== undefined; next = successor(chat, next)) leaf = next.id;
  return { ...chat, leaf };
}

/** Of several the one that was accepted last; where none was, the first of those that were generated last. */
function successor(chat: Chat, { id }: Turn): Turn | undefined {
  const following = chat.turns.filter(({ parent }) => parent === id);
  const last = following.findLast(({ isAccepted }) => isAccepted) ?? following.at(-1);
  return last === undefined || last.isAccepted ? last : batchOf(chat, last)[0];
}
