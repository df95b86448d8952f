/** The turns that show their tokens. Steps that a turn came without are found when they are first shown. */
import { type ReadonlySignal, type Signal, useSignal } from "@preact/signals";
import type { Problem } from "../../lm/event.ts";
import { ApiError } from "../api_client.ts";
import { type Chat, type Turn, type TurnId, withSteps } from "./chat_state.ts";
import { CHAT_STRINGS as TEXT } from "./chat_strings.ts";
import { stepsOfTurn, type TurnFinder } from "./turn_tokens.ts";

interface ShownTokensOptions {
  readonly finder: TurnFinder;
  readonly chat: Signal<Chat>;
  readonly problem: Signal<Problem | undefined>;
  /** Shows a sentence on the page. */
  readonly tell: (detail: string) => void;
}

export interface ShownTokens {
  readonly shown: ReadonlySignal<ReadonlySet<TurnId>>;
  /** Shows those of a turn that is about to be written. */
  readonly open: (id: TurnId) => void;
  readonly toggle: (turn: Turn) => void;
}

export function useShownTokens({ finder, chat, problem, tell }: ShownTokensOptions): ShownTokens {
  const shown = useSignal<ReadonlySet<TurnId>>(new Set());

  async function find(turn: Turn): Promise<void> {
    try {
      const found = await stepsOfTurn(finder, turn);
      chat.value = withSteps(chat.value, turn.id, found);
      if (found.steps.length === 0) tell(TEXT.noTokens);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      problem.value = error.problem;
    }
  }

  return {
    shown,
    open: (id) => shown.value = new Set([...shown.value, id]),
    toggle: (turn) => {
      const next = new Set(shown.value);
      const isClosed = next.delete(turn.id);
      if (!isClosed) next.add(turn.id);
      shown.value = next;
      if (!isClosed && turn.steps.length === 0) void find(turn);
    },
  };
}
