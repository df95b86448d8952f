import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { INPUT_VIEWS } from "../lib/elements/view/input_views.ts";
import { PageStore } from "../lib/elements/view/page_store.ts";
import { storeControl } from "../lib/elements/view/store_control.tsx";
import type { SamplingParams } from "../lib/lm/params.ts";
import { chatHref, type ChatScreen } from "../lib/ui/address/chat_screen.ts";
import { chatAnswers } from "../lib/ui/chat/chat_answers.ts";
import { exportChat, importChat } from "../lib/ui/chat/chat_file.ts";
import { joined } from "../lib/ui/chat/chat_join.ts";
import { bodyOf, controlValues, lastSettings, settingsOf } from "../lib/ui/chat/chat_settings.ts";
import { inSight, shown } from "../lib/ui/chat/chat_choices.ts";
import * as state from "../lib/ui/chat/chat_state.ts";
import type { ChatActions, Failure } from "../lib/ui/chat/chat_props.ts";
import { acceptedAsItCame, draftAfterEdit, draftWithout } from "../lib/ui/chat/acceptance.ts";
import { toggleOutline } from "../lib/ui/chat/BranchOutline.tsx";
import { ChatView } from "../lib/ui/chat/ChatView.tsx";
import { begun, opened, openedAt, withoutFirst } from "../lib/ui/chat/conversations.ts";
import { download } from "../lib/ui/download.ts";
import { CHAT_STRINGS } from "../lib/ui/chat/chat_strings.ts";
import { keepInTab, keptInTab } from "../lib/ui/kept_in_tab.ts";
import { isPageKey, isTyping, keyOf } from "../lib/ui/page_key.ts";
import { stepsAlong, type TurnFinder } from "../lib/ui/chat/turn_tokens.ts";
import { useAnswer } from "../lib/ui/use_answer.ts";
import { useChatPrompt } from "../lib/ui/chat/use_chat_prompt.ts";
import { useChatRun } from "../lib/ui/chat/use_chat_run.ts";
import { useConversation } from "../lib/ui/chat/use_conversation.ts";
import { useKeptDraft } from "../lib/ui/chat/use_kept_draft.ts";
import { useKeptSystem } from "../lib/ui/chat/use_kept_system.ts";
import { useHref } from "../lib/ui/use_href.ts";
import { useKeys } from "../lib/ui/use_keys.ts";
import { selectedToken, useTokenInSight } from "../lib/ui/inspector/use_token_in_sight.ts";
import { useShownTokens } from "../lib/ui/chat/use_shown_tokens.ts";
import { thrownText } from "../lib/lm/thrown.ts";

/** The chat screen. The conversations live in this browser; a request carries all that it needs of one. */
export default function Chat({ screen }: { readonly screen: ChatScreen }) {
  const key = `chat:${screen.module}/${screen.component}`;
  const draft = useKeptDraft(`${key} draft`);
  const query = useSignal("");
  const prefill = useKeptDraft(`${key} prefill`);
  const params = useSignal<SamplingParams>(screen.params);
  const acceptsAtOnce = useSignal(false);
  const failure = useSignal<Failure | undefined>(screen.problem && { problem: screen.problem });
  const beside = useSignal<readonly state.TurnId[]>([]);
  const selection = useSignal<state.TurnSelection | undefined>(undefined);
  const isReady = useSignal(false);
  const store = useMemo(
    () => new PageStore({ session: "", restored: false, elements: screen.elements, actions: {} }),
    [],
  );
  const api = `/api/${screen.module}/${screen.component}`;
  const kept = useConversation(key, tell);
  const { chat, change, keep } = kept;
  const { system, restore } = useKeptSystem(`${key} system`, chat, screen.system);
  useHref(chatHref(screen, params.value));
  /** The selected token, while its turn is on screen: it comes back with that. */
  const selected = () => inSight(chat.value, beside.value, selection.value);
  useTokenInSight(selected);

  function tell(detail: string, title: string = CHAT_STRINGS.badChat, isAwaited = false): void {
    failure.value = { problem: { type: "about:blank", title, status: 0, detail, id: "" }, isAwaited };
  }

  /** What stands on screen now. */
  function settings(): state.Settings {
    const controls = Object.entries(screen.controls).map(([name, element]) => [name, store.value(element)]);
    return { system: system.value, controls: Object.fromEntries(controls), generator: screen.generator };
  }

  /** A conversation goes on under what its last answer came by. The generator is the one of the address. */
  function takeSettings(): void {
    const last = lastSettings(chat.value);
    if (last === undefined) return;
    if (screen.system !== undefined) system.value = last.system;
    for (const [element, value] of Object.entries(controlValues(screen, last))) store.edit(element, value);
  }

  /** Goes to where another conversation may be. */
  function travel(go: () => void): void {
    const { conversation } = chat.value;
    go();
    if (chat.value.conversation !== conversation) takeSettings();
  }

  const run = useChatRun({
    api,
    chat,
    failure,
    onBegin: (asked) => {
      change(asked);
      selection.value = undefined;
    },
    onKeep: kept.save,
    onDone: (first) => {
      const next = acceptedAsItCame(chat.value, first);
      if (!acceptsAtOnce.value || next === chat.value) return;
      keep(next);
      draft.value = draftWithout(next.turns[first]?.parent, next, draft.value);
    },
  });
  const { writing } = run;

  const finder: TurnFinder = { api, chat: () => chat.value, params: () => params.value, settings };
  const tokens = useShownTokens({
    finder,
    chat,
    failure,
    tell: (detail) => tell(detail, CHAT_STRINGS.notShown),
  });

  /** What is said leaves the composer; a message that was not sent yet stays. */
  function clearSaid(): void {
    const last = state.thread(chat.value).findLast(({ role }) => role === "user");
    draft.value = draftWithout(last?.id, chat.value, draft.value);
  }

  const answers = chatAnswers({
    chat,
    change,
    params,
    prefill,
    beside,
    failure,
    run,
    settings,
    openTokens: tokens.open,
  });

  const on: ChatActions = {
    ...answers,
    draft: (text) => draft.value = text,
    send: () => answers.send(draft.value),
    accept: () => {
      beside.value = [];
      keep(state.accepted(chat.value));
      clearSaid();
    },
    choose: (turn) => {
      change(shown(chat.value, turn.id));
      on.accept();
    },
    stop: run.stop,
    begin: () => {
      run.stop();
      clearSaid();
      change(begun(chat.value));
    },
    open: (conversation) => {
      run.stop();
      travel(() => change(opened(chat.value, conversation)));
    },
    query: (text) => query.value = text,
    edit: (turn, text) => {
      if (turn.role === "user") draft.value = draftAfterEdit(turn.id, text, chat.value, draft.value);
      answers.edit(turn, text);
    },
    editLast: () => {
      const last = state.thread(chat.value).findLast(({ role }) => role === "user");
      if (last === undefined) return;
      change(state.endedBefore(chat.value, last));
      draft.value = last.text;
    },
    remove: (turn) => change(state.endedBefore(chat.value, turn)),
    version: (turn) => change(shown(chat.value, turn.id)),
    tokens: tokens.toggle,
    select: (next) => {
      // The focus goes back to the token that was looked at.
      if (next === undefined) selectedToken()?.focus();
      selection.value = next;
    },
    system: (text) => system.value = text,
    prefill: (text) => prefill.value = text,
    params: (next) => params.value = next,
    acceptAtOnce: (value) => {
      acceptsAtOnce.value = value;
      keepInTab(`${key} accepts`, value ? "at once" : "");
    },
    saveUnread: () => download(`${screen.module}-chat-unread.json`, kept.unread ?? ""),
    without: (turns) => change(withoutFirst(chat.value, turns)),
    exportChat: () => download(`${screen.module}-chat.json`, exportChat(chat.value)),
    importChat: (file) => void read(file),
  };

  async function read(file: File): Promise<void> {
    try {
      const theirs = importChat(await file.text());
      change(openedAt(joined(chat.value, theirs), theirs.turns[theirs.leaf ?? -1]?.key));
      if (theirs.leaf !== undefined) takeSettings();
      failure.value = undefined;
    } catch (error) {
      tell(thrownText(error), CHAT_STRINGS.badChat, true);
    }
  }

  useEffect(() => {
    kept.load();
    takeSettings();
    restore();
    // What was chosen before the page was alive is newer.
    acceptsAtOnce.value ||= keptInTab(`${key} accepts`) !== undefined;
    isReady.value = true;
  }, []);

  useKeys((event) => {
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !isTyping(event);
    if (isUndo && writing.value === undefined) travel(event.shiftKey ? kept.redo : kept.undo);
    else if (keyOf(event) === "o" && isPageKey(event)) return toggleOutline();
    else if (event.key !== "Escape") return false;
    else if (writing.value !== undefined) on.stop();
    else if (isTyping(event)) selection.value = undefined;
    else on.select(undefined);
    // A browser has its own use for Escape, as leaving its full screen.
    return event.key !== "Escape";
  });

  const asked = draft.value === "" ? undefined : state.nextTurns(chat.value, draft.value);
  const told = useChatPrompt(`${api}/chat_prompt`, asked && JSON.stringify(bodyOf(asked, prefill.value, settings())));
  const question = state.whatIfOf(chat.value, selected(), params.value);
  const whatIf = useAnswer(
    question && writing.value === undefined ? JSON.stringify([selection.value, question.by]) : undefined,
    async (signal) => {
      if (question === undefined) return undefined;
      const walk = { ...question, settings: settingsOf(chat.value, question.turn) ?? settings() };
      return (await stepsAlong(finder, walk, walk.ids.length + 1, signal)).steps.at(-1);
    },
  );

  const control = storeControl(store, INPUT_VIEWS, (name, value) => {
    store.edit(name, value);
    if (chat.value.leaf !== undefined) on.begin();
  });
  const controls = Object.values(screen.controls);
  return (
    <ChatView
      screen={screen}
      chat={chat.value}
      query={query.value}
      draft={draft.value}
      system={system.value}
      prefill={prefill.value}
      params={params.value}
      acceptsAtOnce={acceptsAtOnce.value}
      writing={writing.value}
      ahead={run.ahead.value}
      pace={chat.value.leaf === undefined ? undefined : run.pace.value}
      failure={failure.value}
      prompt={told.prompt}
      isUntold={told.isUntold}
      beside={beside.value}
      opened={tokens.shown.value}
      selection={selected()}
      whatIf={whatIf}
      unread={kept.unread}
      isReady={isReady.value}
      controls={controls.length === 0 ? null : controls.map((element) => control.draw({ element }))}
      on={on}
    />
  );
}
