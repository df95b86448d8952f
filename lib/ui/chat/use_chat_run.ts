/** The run that writes turns of a chat. */
import { batch, type ReadonlySignal, type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { detokenize } from "../../lm/detokenize.ts";
import type { FinishReason, Problem, RunEvent } from "../../lm/event.ts";
import type { TokenId } from "../../lm/token.ts";
import { ApiError } from "../api_client.ts";
import type { Failure } from "./chat_props.ts";
import { bodyOf } from "./chat_settings.ts";
import * as state from "./chat_state.ts";
import { collectPerFrame } from "../frame.ts";
import { streamRun } from "../generation_client.ts";
import { paramsToWire } from "../address/generation_screen.ts";
import { type Pace, paced, paceFrom } from "../pace.ts";

interface Asking extends Omit<state.Origin, "batch" | "ids"> {
  readonly settings: state.Settings;
  /** Goes on after these tokens. */
  readonly path?: readonly TokenId[];
  /** Asks the same again, once this has failed. */
  readonly retry: () => void;
}

interface ChatRunOptions {
  /** Path of the component's API. */
  readonly api: string;
  readonly chat: Signal<state.Chat>;
  readonly failure: Signal<Failure | undefined>;
  /** Shows the chat that the run begins with. */
  readonly onBegin: (asked: state.Chat) => void;
  /** The chat has changed for good. */
  readonly onKeep: () => void;
  /** The run that wrote the turns from `first` on is over, and nothing failed; the turns tell how each ended. */
  readonly onDone: (first: state.TurnId) => void;
}

export interface ChatRun {
  /** First of the turns that are being written; undefined when nothing runs. */
  readonly writing: ReadonlySignal<state.TurnId | undefined>;
  /** Runs that are served before this one; undefined when it does not wait. */
  readonly ahead: ReadonlySignal<number | undefined>;
  /** How fast the latest answers came; undefined before the first. */
  readonly pace: ReadonlySignal<Pace | undefined>;
  /** Answers the message before the turn on screen. */
  readonly answer: (asked: state.Chat, asking: Asking) => Promise<void>;
  readonly stop: () => void;
}

export function useChatRun({ api, chat, failure, onBegin, onKeep, onDone }: ChatRunOptions): ChatRun {
  const writing = useSignal<state.TurnId | undefined>(undefined);
  const ahead = useSignal<number | undefined>(undefined);
  const pace = useSignal<Pace | undefined>(undefined);
  const stopRun = useRef<AbortController | undefined>(undefined);

  function end(first: state.TurnId, reason: FinishReason): void {
    const { prefill = "" } = chat.value.turns[first]?.origin ?? {};
    const textOf = (steps: state.Turn["steps"]) => prefill + detokenize(steps.map(({ token }) => token));
    chat.value = state.cutOff(chat.value, first, reason, textOf);
    onKeep();
  }

  async function answer(asked: state.Chat, { path = [], retry, ...origin }: Asking): Promise<void> {
    const first = asked.leaf;
    if (first === undefined) return;
    stopRun.current?.abort();
    const controller = new AbortController();
    stopRun.current = controller;
    batch(() => {
      onBegin(state.drawnBy(asked, first, origin));
      writing.value = first;
      failure.value = undefined;
      ahead.value = undefined;
      pace.value = paceFrom(performance.now(), path.length);
    });
    let failed: Problem | undefined;
    const frame = collectPerFrame<RunEvent>((events, nowMs) => {
      chat.value = state.heard(chat.value, first, events);
      failed = events.find((event) => event.type === "error")?.problem ?? failed;
      // What of a stopped run comes late tells nothing of the one that runs now.
      if (stopRun.current !== controller) return;
      pace.value = pace.value && paced(pace.value, events, nowMs);
      ahead.value = state.aheadAfter(events, ahead.value);
    });
    try {
      const body = bodyOf(state.thread(asked).slice(0, -1), origin.prefill, origin.settings);
      const more = { params: paramsToWire(origin.params), path, first_sequence: origin.sequence };
      for await (const event of streamRun(`${api}/chat`, { ...body, ...more }, controller.signal)) frame.add(event);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failed = error.problem;
    }
    frame.flush();
    batch(() => {
      end(first, controller.signal.aborted ? "cancelled" : failed === undefined ? "incomplete" : "error");
      if (stopRun.current !== controller) return;
      if (failed !== undefined) failure.value = { problem: failed, retry };
      writing.value = undefined;
      ahead.value = undefined;
      if (failed === undefined) onDone(first);
    });
  }

  useEffect(() => {
    // What streams when the page is left is kept up to there.
    const leave = () => {
      if (writing.value !== undefined) end(writing.value, "cancelled");
    };
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      stopRun.current?.abort();
    };
  }, []);

  return { writing, ahead, pace, answer, stop: () => stopRun.current?.abort() };
}
