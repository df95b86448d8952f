/** What asks for answers on the chat screen: by which params, settings and dice, and how the same is asked for once more. */
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { SamplingParams } from "../../lm/params.ts";
import type { TokenId } from "../../lm/token.ts";
import { countProblem } from "../params/completion_count.ts";
import type { ChatActions, Failure } from "./chat_props.ts";
import { isSame, settingsOf } from "./chat_settings.ts";
import * as state from "./chat_state.ts";
import type { ChatRun } from "./use_chat_run.ts";

interface ChatAnswersOptions {
  readonly chat: Signal<state.Chat>;
  readonly change: (next: state.Chat) => void;
  readonly params: ReadonlySignal<SamplingParams>;
  readonly prefill: ReadonlySignal<string>;
  /** Answers that stand beside each other. */
  readonly beside: Signal<readonly state.TurnId[]>;
  readonly failure: Signal<Failure | undefined>;
  readonly run: Pick<ChatRun, "answer" | "writing">;
  /** What stands on screen now. */
  readonly settings: () => state.Settings;
  /** Shows the tokens of a turn that is about to be written. */
  readonly openTokens: (id: state.TurnId) => void;
}

type ChatAnswers =
  & Pick<ChatActions, "edit" | "again" | "beside" | "branch" | "resume" | "goOn">
  & { readonly send: (text: string) => void };

interface Branch {
  readonly turn: state.Turn;
  readonly position: number;
  /** What follows its tokens up to there. */
  readonly taken?: readonly TokenId[];
  readonly by: SamplingParams;
  /** Default: those of the turn. */
  readonly settings?: state.Settings;
  /** The same branch once more, unless said otherwise. */
  readonly retry?: () => void;
}

export function chatAnswers(
  { chat, change, params, prefill, beside, failure, run, settings, openTokens }: ChatAnswersOptions,
): ChatAnswers {
  /** Whether as many answers may be asked for as the params say; where not, it says why. */
  function mayAsk(): boolean {
    const problem = countProblem(params.value.n);
    if (problem !== undefined) failure.value = { problem, isAwaited: true };
    return problem === undefined;
  }

  /** Answers by the params on screen and new dice. @param retry the same answers to the same message, unless said otherwise */
  function answerAnew(asked: state.Chat, retry?: () => void): void {
    const { turns, leaf: first = 0 } = asked;
    const parent = turns[first]?.parent, n = turns.length - first;
    const again = () => {
      if (parent !== undefined) answerAnew(state.answering(chat.value, parent, n));
    };
    const by = state.anew({ ...params.value, n }, asked);
    const origin = { params: by, prefill: prefill.value, sequence: 0, settings: settings() };
    void run.answer(asked, { ...origin, retry: retry ?? again });
  }

  /** Another version of a turn: its tokens up to a place, and what follows them by the same dice. */
  function branch({ turn, position, taken = [], by, settings = settingsFor(turn), retry }: Branch): void {
    const { origin, parent, steps } = turn;
    if (origin === undefined || parent === undefined) return;
    const ids = origin.ids ?? steps.map(({ token }) => token.id);
    const { prefill, sequence, params: { seed } } = origin;
    openTokens(chat.value.turns.length);
    void run.answer(state.answering(chat.value, parent, 1), {
      params: { ...by, seed, n: 1 },
      prefill,
      sequence,
      settings,
      path: [...ids.slice(0, position), ...taken],
      retry: retry ?? (() => branch({ turn, position, taken, by, settings })),
    });
  }

  function settingsFor(turn: state.Turn): state.Settings {
    return settingsOf(chat.value, turn) ?? settings();
  }

  const on: ChatAnswers = {
    send: (text) => {
      if (run.writing.value !== undefined || text === "" || !mayAsk()) return;
      answerAnew(state.sent(chat.value, text, params.value.n));
    },
    edit: (turn, text) => {
      const next = state.edited(chat.value, turn, text);
      // What was written is not lost: it waits for its answers.
      if (turn.role === "assistant" || !mayAsk()) return change(next);
      answerAnew(state.answering(next, next.leaf ?? 0, params.value.n));
    },
    again: (turn) => {
      if (run.writing.value !== undefined || turn.role !== "assistant" || turn.parent === undefined || !mayAsk()) {
        return;
      }
      answerAnew(state.answering(chat.value, turn.parent, params.value.n));
    },
    beside: (turn) => {
      if (run.writing.value !== undefined || turn.origin === undefined || turn.parent === undefined) return;
      const others = state.batchOf(chat.value, turn).filter(({ isAccepted }) => !isAccepted).map(({ id }) => id);
      const shown = beside.value.includes(turn.id) ? beside.value : others.includes(turn.id) ? others : [turn.id];
      beside.value = [...shown, chat.value.turns.length];
      const retry = () => {
        beside.value = shown;
        on.beside(turn);
      };
      const now = settings(), isChanged = !isSame(settingsFor(turn), now);
      const by = state.changedFor(turn, params.value) ?? (isChanged ? turn.origin.params : undefined);
      if (by !== undefined) branch({ turn, position: 0, by, settings: now, retry });
      // The same prompt and params by the same dice would be the same answer.
      else answerAnew(state.answering(chat.value, turn.parent, 1), retry);
    },
    branch: (turn, position, token) =>
      branch({ turn, position, taken: [token], by: turn.origin?.params ?? params.value }),
    resume: (turn) =>
      branch({ turn, position: turn.origin?.ids?.length ?? 0, by: turn.origin?.params ?? params.value }),
    goOn: (turn, position) => branch({ turn, position, by: params.value, retry: () => on.goOn(turn, position) }),
  };
  return on;
}
