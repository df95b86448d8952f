/** The turns that show their tokens. Steps that a turn came without are found when they are first shown. */
import { type ReadonlySignal, type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiError } from "../api_client.ts";
import type { Failure } from "./chat_props.ts";
import { type Chat, type Turn, type TurnId, withSteps } from "./chat_state.ts";
import { CHAT_STRINGS as TEXT } from "./chat_strings.ts";
import { stepsOfTurn, type TurnFinder } from "./turn_tokens.ts";

interface ShownTokensOptions {
  readonly finder: TurnFinder;
  readonly chat: Signal<Chat>;
  readonly failure: Signal<Failure | undefined>;
  /** Shows a sentence on the page. */
  readonly tell: (detail: string) => void;
}

export interface ShownTokens {
  readonly shown: ReadonlySignal<ReadonlySet<TurnId>>;
  /** Shows those of a turn that is about to be written. */
  readonly open: (id: TurnId) => void;
  readonly toggle: (turn: Turn) => void;
}

export function useShownTokens({ finder, chat, failure, tell }: ShownTokensOptions): ShownTokens {
  const shown = useSignal<ReadonlySet<TurnId>>(new Set());

  const finding = useRef(new Map<TurnId, AbortController>());

  async function find(turn: Turn): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    finding.current.set(turn.id, controller);
    try {
      const found = await stepsOfTurn(finder, turn, signal);
      // Tokens that a turn has by now are its own: what was found may be less.
      if (signal.aborted || (chat.value.turns[turn.id]?.steps.length ?? 0) > 0) return;
      if (found === undefined) return tell(TEXT.otherTokens);
      chat.value = withSteps(chat.value, turn.id, found);
      if (found.steps.length === 0) tell(TEXT.noTokens);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!signal.aborted) failure.value = { problem: error.problem, retry: () => findAgain(turn) };
    }
  }

  function findAgain(turn: Turn): void {
    failure.value = undefined;
    void find(turn);
  }

  useEffect(() => () => finding.current.forEach((controller) => controller.abort()), []);

  return {
    shown,
    open: (id) => shown.value = new Set([...shown.value, id]),
    toggle: (turn) => {
      const next = new Set(shown.value);
      const isClosed = next.delete(turn.id);
      if (isClosed) finding.current.get(turn.id)?.abort();
      else next.add(turn.id);
      shown.value = next;
      if (!isClosed && turn.steps.length === 0) void find(turn);
    },
  };
}
