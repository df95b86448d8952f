/** Where a conversation forks, as an outline: every version of a turn, with what tells it from the others. Pure. */
import { type Chat, thread, type Turn, type TurnId } from "./chat_state.ts";

export interface OutlineRow {
  readonly turn: Turn;
  /** Forks before this one on its way. */
  readonly depth: number;
  /** From the first word in which the versions differ; the whole text where they begin differently. */
  readonly text: string;
  /** Whether the text begins with words that all versions share. */
  readonly isCut: boolean;
  /** Turns that follow it, in all of its branches. */
  readonly later: number;
  /** Whether it is on screen. */
  readonly isShown: boolean;
}

/** A row for each version at each fork of the conversation on screen, in reading order; none without a fork. */
export function branchOutline(chat: Chat): readonly OutlineRow[] {
  const own = chat.turns.filter(({ conversation }) => conversation === chat.conversation);
  const children = Map.groupBy(own, ({ parent }) => parent);
  const shown = new Set(thread(chat).map(({ id }) => id));
  const later = laterTurns(own);
  const rows: OutlineRow[] = [];
  // Subtle: a conversation may be longer than the call stack is deep, so what is left to visit is kept in a list.
  const waiting: { readonly turn: Turn; readonly depth: number; readonly row?: OutlineRow }[] = [];
  const visit = (parent: TurnId | undefined, depth: number) => {
    const versions = children.get(parent) ?? [];
    const isFork = versions.length > 1;
    const common = isFork ? commonStart(versions.map(({ text }) => text)) : 0;
    const entries = versions.map((turn) => ({
      turn,
      depth: isFork ? depth + 1 : depth,
      ...(isFork && {
        row: {
          turn,
          depth,
          text: turn.text.slice(common),
          isCut: common > 0,
          later: later.get(turn.id) ?? 0,
          isShown: shown.has(turn.id),
        },
      }),
    }));
    waiting.push(...entries.toReversed());
  };
  visit(undefined, 0);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.row !== undefined) rows.push(next.row);
    visit(next.turn.id, next.depth);
  }
  return rows;
}

/** How many turns follow each. Subtle: a turn's parent always stands before it, so one way back is enough. */
function laterTurns(turns: readonly Turn[]): ReadonlyMap<TurnId, number> {
  const later = new Map<TurnId, number>();
  for (const { id, parent } of turns.toReversed()) {
    if (parent !== undefined) later.set(parent, (later.get(parent) ?? 0) + (later.get(id) ?? 0) + 1);
  }
  return later;
}

/** Characters of the words that all texts begin with; 0 where they are the same, or one would be left without any. */
function commonStart(texts: readonly string[]): number {
  const [first = "", ...others] = texts;
  let length = first.length;
  for (const other of others) {
    let same = 0;
    while (same < length && other[same] === first[same]) same++;
    length = same;
  }
  // Back to where a word begins.
  const start = first.slice(0, length).lastIndexOf(" ") + 1;
  return length === first.length || texts.some((text) => text.length <= start) ? 0 : start;
}
