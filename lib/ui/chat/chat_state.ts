/**
 * A chat as an append-only tree of turns: whatever was written or generated stays reachable. Pure, so that tests replay it.
 *
 * The thread on screen is the path from the root to `leaf`. An assistant's turn at its end that is not accepted yet is
 * `pending`: sending again makes a sibling of it, accepting makes it part of the conversation.
 */
import type { FinishReason, RunEvent, Step } from "../../lm/event.ts";
import type { Message } from "../../lm/message.ts";
import { PARAM_RANGES, type SamplingParams } from "../../lm/params.ts";
import type { TokenId } from "../../lm/token.ts";
import { changedDraws } from "../address/generation_screen.ts";
import { newId } from "../new_id.ts";
import { heldCount } from "../params/completion_count.ts";

export type TurnId = number;

export interface Turn {
  readonly id: TurnId;
  /** Tells it from all others, in other tabs and files too. */
  readonly key: string;
  /** Undefined for the first turn of a chat. */
  readonly parent: TurnId | undefined;
  readonly role: "user" | "assistant";
  readonly text: string;
  readonly isAccepted: boolean;
  /** True for an assistant's turn that a person wrote or changed. */
  readonly isEdited: boolean;
  /** Which of the browser's conversations it belongs to, from 0. */
  readonly conversation: number;
  /** Of a generated turn, while this page is open; of any other, once its tokens were asked for. */
  readonly steps: readonly Step[];
  /** The tokens before its own, while it has steps; absent where they are not known. */
  readonly promptIds?: readonly TokenId[];
  /** Of a generated turn: what its steps can be had from again. */
  readonly origin?: Origin;
  /** What steps were asked for under, where nobody kept what the turn came by; while this page is open. */
  readonly askedUnder?: Settings;
  readonly metrics?: Readonly<Record<string, number | undefined>>;
  readonly reason?: FinishReason;
}

/** What shapes a prompt beside its turns, and who goes on with it. */
export interface Settings {
  readonly system: string;
  /** Values of the developer's controls. */
  readonly controls: Readonly<Record<string, unknown>>;
  readonly generator: string;
}

/** How a turn was generated. */
export interface Origin {
  readonly params: SamplingParams;
  /** Absent in files of before they were kept. */
  readonly settings?: Settings;
  /** Text that it begins with, as part of the prompt. */
  readonly prefill: string;
  /** First of the turns that were generated together. */
  readonly batch: TurnId;
  /** Whose dice fell: the salt of its noise. */
  readonly sequence: number;
  /** Its tokens; absent until all have come. */
  readonly ids?: readonly TokenId[];
}

export interface Chat {
  readonly turns: readonly Turn[];
  readonly leaf: TurnId | undefined;
  /** The conversation that is on screen. */
  readonly conversation: number;
}

/** Where in the tree somebody is. */
export type ChatPlace = Pick<Chat, "leaf" | "conversation">;

export function placeOf({ leaf, conversation }: Chat): ChatPlace {
  return { leaf, conversation };
}

/** One selected token of one turn. */
export interface TurnSelection {
  readonly turn: TurnId;
  readonly position: number;
}

export const EMPTY_CHAT: Chat = { turns: [], leaf: undefined, conversation: 0 };

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

/** True for an answer of which nothing came but an error. */
export function isNothing({ role, text, reason }: Turn): boolean {
  return role === "assistant" && text === "" && reason === "error";
}

/** The other answers, or the other messages, at a turn's place; itself among them. */
export function siblings({ turns }: Chat, turn: Turn): readonly Turn[] {
  return turns.filter(({ parent, role, conversation }) =>
    parent === turn.parent && role === turn.role && conversation === turn.conversation
  );
}

/** The answers that were generated together with a turn, itself among them. */
export function batchOf({ turns }: Chat, { id, origin }: Turn): readonly Turn[] {
  return turns.filter((turn) => turn.id === id || (origin !== undefined && turn.origin?.batch === origin.batch));
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
  const { conversation } = chat;
  const message: Turn = { ...newTurn(id, parent, "user", conversation), text, isAccepted: true };
  return answering({ turns: [...chat.turns, message], leaf: id, conversation }, id, n);
}

function newTurn(id: TurnId, parent: TurnId | undefined, role: Turn["role"], conversation: number): Turn {
  return { id, key: newId(), parent, role, text: "", isAccepted: false, isEdited: false, conversation, steps: [] };
}

/** Empty turns for `n` more answers to a message, in its conversation: at least one, and no more than a request may ask for. */
export function answering(chat: Chat, message: TurnId, n: number): Chat {
  const first = chat.turns.length;
  const { conversation } = chat.turns[message] ?? chat;
  const empty = Array.from(
    { length: heldCount(n) },
    (_, index) => newTurn(first + index, message, "assistant", conversation),
  );
  return { turns: [...chat.turns, ...empty], leaf: first, conversation };
}

/** The turns from `first` on, with what they are drawn by; `sequence` is whose dice fall for the first of them. */
export function drawnBy(chat: Chat, first: TurnId, origin: Omit<Origin, "batch" | "ids">): Chat {
  const turns = chat.turns.map((turn) =>
    turn.id < first
      ? turn
      : { ...turn, origin: { ...origin, batch: first, sequence: origin.sequence + turn.id - first } }
  );
  return { ...chat, turns };
}

/** Folds a run's events into the turns from `first` on. */
export function heard(chat: Chat, first: TurnId, events: readonly RunEvent[]): Chat {
  const turns = [...chat.turns];
  const { sequence: salt = 0, prefill = "", batch } = turns[first]?.origin ?? {};
  for (const event of events) {
    if (event.type === "prompt") {
      const promptIds = event.tokens.map(({ id }) => id);
      for (const turn of writtenBy(chat, first)) turns[turn.id] = { ...turn, promptIds };
    }
    if (event.type !== "step" && event.type !== "finish" && event.type !== "metric") continue;
    const turn = turns[first + event.sequence - salt];
    // What another run has written stays as it is, whatever number an event has.
    if (turn !== undefined && turn.origin?.batch === batch) turns[turn.id] = hearing(turn, event, prefill);
  }
  return { ...chat, turns };
}

type TurnEvent = Extract<RunEvent, { readonly type: "step" | "finish" | "metric" }>;

function hearing(turn: Turn, event: TurnEvent, prefill: string): Turn {
  switch (event.type) {
    case "step":
      return { ...turn, steps: [...turn.steps, event] };
    case "finish":
      return ended({ ...turn, text: prefill + event.text }, event.reason);
    case "metric":
      return { ...turn, metrics: { ...turn.metrics, [event.name]: event.value } };
  }
}

/** How many runs are served before this one, after more of its events; undefined once it has its turn. */
export function aheadAfter(events: readonly RunEvent[], before: number | undefined): number | undefined {
  const last = events.at(-1);
  if (last === undefined) return before;
  return last.type === "queue" ? last.position : undefined;
}

/** A turn of which all tokens have come. */
function ended(turn: Turn, reason: FinishReason): Turn {
  const { origin, steps } = turn;
  const ids = steps.map(({ token }) => token.id);
  return { ...turn, reason, ...(origin === undefined ? {} : { origin: { ...origin, ids } }) };
}

/** The turns that one run writes. What other tabs or edits have added since stands behind them. */
function writtenBy({ turns }: Chat, first: TurnId): readonly Turn[] {
  return turns.filter(({ origin }) => origin?.batch === first);
}

/** Turns whose run was cut off keep what they have, marked with how it ended. */
export function cutOff(
  chat: Chat,
  first: TurnId,
  reason: FinishReason,
  textOf: (steps: readonly Step[]) => string,
): Chat {
  const turns = [...chat.turns];
  for (const turn of writtenBy(chat, first)) {
    if (turn.reason === undefined) turns[turn.id] = ended({ ...turn, text: textOf(turn.steps) }, reason);
  }
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
  const { parent, role, conversation } = turn;
  const copy: Turn = { ...newTurn(id, parent, role, conversation), text, isAccepted: true, isEdited: true };
  return { ...chat, turns: [...chat.turns, copy], leaf: id };
}

/** The thread ends before a turn, as if it had not been said; it stays in the tree. */
export function endedBefore(chat: Chat, turn: Turn): Chat {
  return { ...chat, leaf: turn.parent };
}

/** Steps that were asked for, and the tokens that stand before them where a server tells. */
export type FoundSteps = Pick<Turn, "steps" | "promptIds" | "askedUnder">;

/** A turn with the steps of its tokens, once they were asked for. */
export function withSteps(chat: Chat, id: TurnId, found: FoundSteps): Chat {
  const turn = chat.turns[id];
  return turn === undefined ? chat : { ...chat, turns: chat.turns.with(id, { ...turn, ...found }) };
}

/** Answers that stand beside others get dice of their own, so that regenerating gives something new. */
export function anew(params: SamplingParams, asked: Chat): SamplingParams {
  const turn = asked.turns[asked.leaf ?? -1];
  const before = turn === undefined ? 0 : siblings(asked, turn).length - params.n;
  return { ...params, seed: (params.seed + before) % (PARAM_RANGES.seed.max + 1) };
}

/** The turns that a draft would be sent with. */
export function nextTurns(chat: Chat, draft: string): readonly Turn[] {
  return thread(sent(chat, draft, 1)).slice(0, -1);
}

/** The params on screen by the dice of a generated turn; undefined while they draw as those that drew it. */
export function changedFor({ origin }: Turn, now: SamplingParams): SamplingParams | undefined {
  if (origin === undefined) return undefined;
  const same = { ...now, seed: origin.params.seed, n: origin.params.n };
  return changedDraws(same, origin.params).length === 0 ? undefined : same;
}

/** What asks for the selected token's place by other params than those that drew it. */
export function whatIfOf(chat: Chat, selection: TurnSelection | undefined, params: SamplingParams) {
  if (selection === undefined) return undefined;
  const turn = chat.turns[selection.turn];
  const step = turn?.steps[selection.position];
  const by = turn && changedFor(turn, params);
  if (turn === undefined || step === undefined || by === undefined || step.draw.kind === "remote") return undefined;
  // Subtle: the token itself is no part of the path, so that it is drawn by the params on screen.
  return { turn, by, ids: turn.steps.slice(0, selection.position).map(({ token }) => token.id) };
}
