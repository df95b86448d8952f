/**
 * A chat as an append-only tree of turns: whatever was written or generated stays reachable. Pure, so that tests replay it.
 *
 * The thread on screen is the path from the root to `leaf`. An assistant's turn at its end that is not accepted yet is
 * `pending`: sending again makes a sibling of it, accepting makes it part of the conversation.
 */
import type { FinishReason, RunEvent, Step } from "../lm/event.ts";
import type { Message } from "../lm/message.ts";
import type { SamplingParams } from "../lm/params.ts";

export type TurnId = number;

export interface Turn {
  readonly id: TurnId;
  /** Undefined for the first turn of a chat. */
  readonly parent: TurnId | undefined;
  readonly role: "user" | "assistant";
  readonly text: string;
  readonly isAccepted: boolean;
  /** True for an assistant's turn that a person wrote or changed. */
  readonly isEdited: boolean;
  /** Of a generated turn, while this page is open. */
  readonly steps: readonly Step[];
  /** What they were drawn by. */
  readonly params?: SamplingParams;
  readonly reason?: FinishReason;
}

export interface Chat {
  readonly turns: readonly Turn[];
  readonly leaf: TurnId | undefined;
}

export const EMPTY_CHAT: Chat = { turns: [], leaf: undefined };

/** The turns on screen, first to last. */
export function thread({ turns, leaf }: Chat): readonly Turn[] {
  const path: Turn[] = [];
  for (let id = leaf; id !== undefined;) {
    const turn = turns[id];
    if (turn === undefined) break;
    path.unshift(turn);
    id = turn.parent;
  }
  return path;
}

/** The assistant's turn that waits to be accepted. */
export function pendingTurn(chat: Chat): Turn | undefined {
  const last = thread(chat).at(-1);
  return last?.role === "assistant" && !last.isAccepted ? last : undefined;
}

/** The other answers, or the other messages, at a turn's place; itself among them. */
export function siblings({ turns }: Chat, turn: Turn): readonly Turn[] {
  return turns.filter(({ parent, role }) => parent === turn.parent && role === turn.role);
}

/** What goes to the model before the next turn of the assistant. */
export function messagesOf(turns: readonly Turn[]): readonly Message[] {
  return turns.map(({ role, text }) => ({ role, content: text }));
}

/**
 * The chat with a message of the user and `n` empty turns for the answers, the first of them on screen.
 * While an answer is pending, the same message is answered anew, and another message stands beside the first.
 */
export function sent(chat: Chat, text: string, n: number): Chat {
  const path = thread(chat);
  const last = path.at(-1);
  // A message without an answer, as one is left by going back, is answered or replaced as well.
  const asked = last?.role === "user" ? last : pendingTurn(chat) === undefined ? undefined : path.at(-2);
  if (asked?.text === text) return answering(chat, asked.id, n);
  const parent = asked === undefined ? chat.leaf : asked.parent;
  const id = chat.turns.length;
  const message: Turn = { id, parent, role: "user", text, isAccepted: true, isEdited: false, steps: [] };
  return answering({ turns: [...chat.turns, message], leaf: id }, id, n);
}

/** Empty turns for `n` more answers to a message. */
export function answering(chat: Chat, message: TurnId, n: number): Chat {
  const first = chat.turns.length;
  const empty = Array.from({ length: n }, (_, index): Turn => ({
    id: first + index,
    parent: message,
    role: "assistant",
    text: "",
    isAccepted: false,
    isEdited: false,
    steps: [],
  }));
  return { turns: [...chat.turns, ...empty], leaf: first };
}

/** The turns from `first` on, with what they are drawn by. */
export function drawnBy(chat: Chat, first: TurnId, params: SamplingParams): Chat {
  return { ...chat, turns: chat.turns.map((turn) => turn.id < first ? turn : { ...turn, params }) };
}

/** Folds a run's events into the turns from `first` on. `prefill` is what the answers begin with. */
export function heard(chat: Chat, first: TurnId, events: readonly RunEvent[], prefill: string): Chat {
  const turns = [...chat.turns];
  for (const event of events) {
    if (event.type !== "step" && event.type !== "finish") continue;
    const turn = turns[first + event.sequence];
    if (turn === undefined) continue;
    turns[turn.id] = event.type === "step"
      ? { ...turn, steps: [...turn.steps, event] }
      : { ...turn, text: prefill + event.text, reason: event.reason };
  }
  return { ...chat, turns };
}

/** Turns whose run was cut off keep what they have, marked with how it ended. */
export function cutOff(
  chat: Chat,
  first: TurnId,
  reason: FinishReason,
  textOf: (steps: readonly Step[]) => string,
): Chat {
  const turns = chat.turns.map((turn) =>
    turn.id < first || turn.reason !== undefined || turn.role !== "assistant"
      ? turn
      : { ...turn, reason, text: textOf(turn.steps) }
  );
  return { ...chat, turns };
}

export function accepted(chat: Chat): Chat {
  const pending = pendingTurn(chat);
  if (pending === undefined) return chat;
  return { ...chat, turns: chat.turns.with(pending.id, { ...pending, isAccepted: true }) };
}

/** A changed turn stands beside the one it was; nothing is overwritten. */
export function edited(chat: Chat, turn: Turn, text: string): Chat {
  const id = chat.turns.length;
  const copy: Turn = { ...turn, id, text, isAccepted: true, isEdited: true, steps: [] };
  return { turns: [...chat.turns, copy], leaf: id };
}

/** Shows another sibling, and of what follows it the latest. */
export function shown(chat: Chat, turn: TurnId): Chat {
  let leaf = turn;
  for (const { id, parent } of chat.turns) if (parent === leaf) leaf = id;
  return { ...chat, leaf };
}

/** The thread ends before a turn, as if it had not been said; it stays in the tree. */
export function endedBefore(chat: Chat, turn: Turn): Chat {
  return { ...chat, leaf: turn.parent };
}

/** A new chat beside all that there are. */
export function begun(chat: Chat): Chat {
  return { ...chat, leaf: undefined };
}

/** As it is stored and exported: without steps, which are large and can be had again by scoring. */
export function exportChat(chat: Chat): string {
  const turns = chat.turns.map(({ steps: _, params: __, ...turn }) => turn);
  return JSON.stringify({ format: "visuallm-chat", version: 1, leaf: chat.leaf, turns });
}

/** @throws {SyntaxError} saying what is wrong with the text */
export function importChat(text: string): Chat {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value) || value.format !== "visuallm-chat" || value.version !== 1 || !Array.isArray(value.turns)) {
    throw new SyntaxError('Cannot import the chat: expected format "visuallm-chat", version 1, and a list of turns');
  }
  const turns = value.turns.map(readTurn);
  const { leaf } = value;
  const isLeaf = leaf === undefined || (typeof leaf === "number" && turns[leaf] !== undefined);
  if (!isLeaf) throw new SyntaxError(`Cannot import the chat: its leaf ${JSON.stringify(leaf)} is none of its turns`);
  return { turns, leaf: typeof leaf === "number" ? leaf : undefined };
}

function readTurn(value: unknown, index: number): Turn {
  const where = `turn ${index}`;
  if (!isRecord(value)) throw new SyntaxError(`Cannot import the chat: ${where} is no object`);
  const { id, parent, role, text, isAccepted, isEdited, reason } = value;
  const hasPlace = id === index && (parent === undefined || (typeof parent === "number" && parent < index));
  if (!hasPlace || (role !== "user" && role !== "assistant") || typeof text !== "string") {
    throw new SyntaxError(
      `Cannot import the chat: ${where} needs its number as id, an earlier parent, a role and a text`,
    );
  }
  return {
    id: index,
    parent: typeof parent === "number" ? parent : undefined,
    role,
    text,
    isAccepted: isAccepted === true,
    isEdited: isEdited === true,
    steps: [],
    ...(typeof reason === "string" ? { reason: reason as FinishReason } : {}), // Shown as it is.
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
