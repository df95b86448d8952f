/**
 * Two chats as one: what another tab said, or what a file brings. Turns are known by their keys, so that each stands once,
 * whatever its number is there. Pure.
 */
import type { Step } from "../../lm/event.ts";
import type { Chat, Turn, TurnId } from "./chat_state.ts";
import { fingerprint } from "../fingerprint.ts";

/** The first with all turns of the other. Its own keep their numbers and conversations, and it stays where it is. */
export function joined(own: Chat, other: Chat): Chat {
  const places = new Map(own.turns.map(({ key, id }) => [key, id]));
  const keyed = other.turns.map((turn) => ({ ...turn, key: keyBeside(own.turns[places.get(turn.key) ?? -1], turn) }));
  const conversations = conversationsOf(own, keyed.map((turn) => [turn, own.turns[places.get(turn.key) ?? -1]]));
  const turns = [...own.turns];
  const ids: TurnId[] = [];
  for (const turn of keyed) {
    const id = places.get(turn.key) ?? turns.length;
    ids.push(id);
    places.set(turn.key, id);
    const { parent, origin } = turn;
    const placed: Turn = {
      ...turn,
      id,
      parent: parent === undefined ? undefined : ids[parent],
      conversation: conversations.get(turn.conversation) ?? 0,
      ...(origin === undefined ? {} : { origin: { ...origin, batch: ids[origin.batch] ?? id } }),
    };
    const known = turns[id];
    turns[id] = known === undefined ? placed : fuller(known, placed);
  }
  return { ...own, turns };
}

/** Which conversation of `own` each of the other's is: one that shares a turn with it, or a new one. */
function conversationsOf(
  own: Chat,
  pairs: readonly (readonly [turn: Turn, known: Turn | undefined])[],
): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  for (const [turn, known] of pairs) if (known !== undefined) places.set(turn.conversation, known.conversation);
  let next = 1 + Math.max(own.conversation, ...own.turns.map(({ conversation }) => conversation));
  for (const [{ conversation }] of pairs) if (!places.has(conversation)) places.set(conversation, next++);
  return places;
}

/** The turn's key, or another one where that key says something else here, as in a file that was edited by hand. */
function keyBeside(known: Turn | undefined, turn: Turn): string {
  const isSame = known === undefined || known.text === turn.text || isUnfinished(known) || isUnfinished(turn);
  return isSame ? turn.key : fingerprint(`${turn.key} ${turn.text}`);
}

/** A turn as the tab has it that has more of it. */
function fuller(own: Turn, other: Turn): Turn {
  const [more, less] = isUnfinished(own) && !isUnfinished(other) ? [other, own] : [own, other];
  const metrics = { ...other.metrics, ...more.metrics };
  return {
    ...more,
    steps: fullerSteps(more.steps, less.steps),
    isAccepted: own.isAccepted || other.isAccepted,
    ...(Object.keys(metrics).length === 0 ? {} : { metrics }),
  };
}

/** The first steps, unless these are the same tokens with the numbers that a server told, which nobody can tell again. */
function fullerSteps(steps: readonly Step[], others: readonly Step[]): readonly Step[] {
  const isLess = steps.length === others.length && !hasNumbers(steps) && hasNumbers(others);
  return steps.length === 0 || isLess ? others : steps;
}

function hasNumbers(steps: readonly Step[]): boolean {
  return steps.some(({ logprob, top }) => logprob !== undefined || top.length > 0);
}

/** An answer that is still being written, here or in another tab. */
function isUnfinished({ role, isEdited, reason }: Turn): boolean {
  return role === "assistant" && !isEdited && reason === undefined;
}
