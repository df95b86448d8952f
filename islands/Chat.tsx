import { batch, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { INPUT_VIEWS } from "../lib/elements/view/input_views.ts";
import { PageStore } from "../lib/elements/view/page_store.ts";
import { storeControl } from "../lib/elements/view/store_control.tsx";
import { detokenize } from "../lib/lm/detokenize.ts";
import type { Problem, RunEvent } from "../lib/lm/event.ts";
import { PARAM_RANGES, type SamplingParams } from "../lib/lm/params.ts";
import type { Prompt } from "../lib/lm/prompt.ts";
import { ApiError } from "../lib/ui/api_client.ts";
import { fetchChatPrompt, streamRun } from "../lib/ui/generation_client.ts";
import type { ChatScreen } from "../lib/ui/chat_screen.ts";
import * as state from "../lib/ui/chat_state.ts";
import { type ChatActions, ChatView, type TurnSelection } from "../lib/ui/ChatView.tsx";
import { collectPerFrame } from "../lib/ui/frame.ts";
import { paramsToWire } from "../lib/ui/generation_screen.ts";
import { STRINGS } from "../lib/ui/strings.ts";

/** How long nobody types before the text that would be sent is asked for. */
const PREVIEW_MS = 250;

/** The chat screen. The conversation lives in this browser; a request carries all of it. */
export default function Chat({ screen }: { readonly screen: ChatScreen }) {
  const chat = useSignal(state.EMPTY_CHAT);
  const draft = useSignal("");
  const system = useSignal(screen.system ?? "");
  const prefill = useSignal("");
  const params = useSignal<SamplingParams>(screen.params);
  const acceptsAtOnce = useSignal(false);
  const writing = useSignal<state.TurnId | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const prompt = useSignal<Prompt | undefined>(undefined);
  const opened = useSignal<ReadonlySet<state.TurnId>>(new Set());
  const selection = useSignal<TurnSelection | undefined>(undefined);
  const isReady = useSignal(false);
  const stopRun = useRef<AbortController | undefined>(undefined);
  const store = useMemo(
    () => new PageStore({ session: "", restored: false, elements: screen.elements, actions: {} }),
    [],
  );
  const api = `/api/${screen.module}/${screen.component}`;
  const key = `chat:${screen.module}/${screen.component}`;

  function change(next: state.Chat): void {
    chat.value = next;
    localStorage.setItem(key, state.exportChat(next));
  }

  /** Everything that shapes an answer to these turns. */
  function bodyFor(turns: readonly state.Turn[]) {
    const controls = Object.entries(screen.controls).map(([name, element]) => [name, store.value(element)]);
    return {
      messages: state.messagesOf(turns),
      system: system.value,
      prefill: prefill.value,
      controls: Object.fromEntries(controls),
      generator: screen.generator,
    };
  }

  async function answer(asked: state.Chat): Promise<void> {
    const first = asked.leaf;
    if (first === undefined) return;
    const controller = new AbortController();
    stopRun.current = controller;
    const begin = prefill.value;
    const wanted = anew(params.value, asked);
    batch(() => {
      change(state.drawnBy(asked, first, wanted));
      writing.value = first;
      problem.value = undefined;
    });
    const frame = collectPerFrame<RunEvent>((events) => {
      chat.value = state.heard(chat.value, first, events, begin);
      problem.value = events.find((event) => event.type === "error")?.problem ?? problem.value;
    });
    try {
      const body = { ...bodyFor(state.thread(asked).slice(0, -1)), params: paramsToWire(wanted) };
      for await (const event of streamRun(`${api}/chat`, body, controller.signal)) frame.add(event);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      problem.value = error.problem;
    }
    frame.flush();
    const reason = controller.signal.aborted ? "cancelled" : problem.value === undefined ? "incomplete" : "error";
    const textOf = (steps: state.Turn["steps"]) => begin + detokenize(steps.map(({ token }) => token));
    batch(() => {
      writing.value = undefined;
      change(state.cutOff(chat.value, first, reason, textOf));
      if (acceptsAtOnce.value && problem.value === undefined) accept();
    });
  }

  function accept(): void {
    change(state.accepted(chat.value));
    draft.value = "";
  }

  const on: ChatActions = {
    draft: (text) => draft.value = text,
    send: () => {
      if (writing.value !== undefined || draft.value === "") return;
      void answer(state.sent(chat.value, draft.value, params.value.n));
    },
    accept,
    stop: () => stopRun.current?.abort(),
    begin: () => {
      stopRun.current?.abort();
      change(state.begun(chat.value));
      draft.value = "";
    },
    edit: (turn, text) => {
      const next = state.edited(chat.value, turn, text);
      if (turn.role === "assistant") return change(next);
      draft.value = text;
      void answer(state.answering(next, next.leaf ?? 0, params.value.n));
    },
    remove: (turn) => change(state.endedBefore(chat.value, turn)),
    version: (turn) => change(state.shown(chat.value, turn.id)),
    tokens: (turn) => opened.value = toggled(opened.value, turn),
    select: (next) => selection.value = next,
    system: (text) => system.value = text,
    prefill: (text) => prefill.value = text,
    params: (next) => params.value = next,
    acceptAtOnce: (value) => acceptsAtOnce.value = value,
    exportChat: () => download(`${screen.module}-chat.json`, state.exportChat(chat.value)),
    importChat: (file) => void file.text().then(read),
  };

  function read(text: string): void {
    try {
      change(state.importChat(text));
      problem.value = undefined;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      problem.value = { type: "about:blank", title: STRINGS.badParam, status: 0, detail, id: "" };
    }
  }

  useEffect(() => {
    const kept = localStorage.getItem(key);
    if (kept !== null) read(kept);
    isReady.value = true;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      if (writing.value === undefined) selection.value = undefined;
      else on.stop();
    };
    addEventListener("keydown", onKey);
    return () => {
      removeEventListener("keydown", onKey);
      stopRun.current?.abort();
    };
  }, []);

  const asked = draft.value === "" ? undefined : nextTurns(chat.value, draft.value);
  const preview = asked === undefined ? undefined : JSON.stringify(bodyFor(asked));
  useEffect(() => {
    if (preview === undefined) return void (prompt.value = undefined);
    const controller = new AbortController();
    const timer = setTimeout(() => {
      fetchChatPrompt(`${api}/chat_prompt`, preview, controller.signal).then((next) => prompt.value = next, () => {
        // The same fault will be told, with its reason, when the message is sent.
        prompt.value = undefined;
      });
    }, PREVIEW_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [preview]);

  const control = storeControl(store, INPUT_VIEWS, (name, value) => {
    store.edit(name, value);
    if (chat.value.leaf !== undefined) on.begin();
  });
  const controls = Object.values(screen.controls);
  return (
    <ChatView
      screen={screen}
      chat={chat.value}
      draft={draft.value}
      system={system.value}
      prefill={prefill.value}
      params={params.value}
      acceptsAtOnce={acceptsAtOnce.value}
      writing={writing.value}
      problem={problem.value}
      prompt={prompt.value}
      opened={opened.value}
      selection={selection.value}
      isReady={isReady.value}
      controls={controls.length === 0 ? null : controls.map((element) => control.draw({ element }))}
      on={on}
    />
  );
}

/** Answers that stand beside others get dice of their own, so that regenerating gives something new. */
function anew(params: SamplingParams, asked: state.Chat): SamplingParams {
  const turn = asked.turns[asked.leaf ?? -1];
  const before = turn === undefined ? 0 : state.siblings(asked, turn).length - params.n;
  return { ...params, seed: (params.seed + before) % PARAM_RANGES.seed.max };
}

/** The turns that a draft would be sent with. */
function nextTurns(chat: state.Chat, draft: string): readonly state.Turn[] {
  return state.thread(state.sent(chat, draft, 1)).slice(0, -1);
}

function toggled<Item>(set: ReadonlySet<Item>, item: Item): ReadonlySet<Item> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
