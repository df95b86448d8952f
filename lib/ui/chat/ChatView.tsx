import type { JSX, RefObject } from "preact";
import { useRef } from "preact/hooks";
import { Announcer } from "../Announcer.tsx";
import { BranchOutline } from "./BranchOutline.tsx";
import { Button } from "../Button.tsx";
import { choices } from "./chat_choices.ts";
import { isNothing, pendingTurn, siblings, thread, type Turn } from "./chat_state.ts";
import { CHAT_STRINGS as TEXT } from "./chat_strings.ts";
import { ChatAside } from "./ChatAside.tsx";
import { ChatTurn } from "./ChatTurn.tsx";
import type { ChatActions, ChatViewProps } from "./chat_props.ts";
import { ConversationList } from "./ConversationList.tsx";
import { FilePicker } from "../FilePicker.tsx";
import { chatHref } from "../address/chat_screen.ts";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { paceText } from "../pace.ts";
import { HiddenPlace } from "../token/HiddenPlace.tsx";
import { Panel } from "../Panel.tsx";
import { PlaceChoice } from "../frame/PlaceChoice.tsx";
import { ProblemCard } from "../ProblemCard.tsx";
import { useFollowedEnd } from "./use_followed_end.ts";
import { useStreamedText } from "../use_streamed_text.ts";
import { VersionDiff } from "./VersionDiff.tsx";
import { WithInspector } from "../inspector/WithInspector.tsx";
import { visibleText } from "../../lm/visible_text.ts";

/** The chat screen: the thread, the composer, and beside them what shapes the next answer. */
export function ChatView(props: ChatViewProps) {
  const { screen, on, selection } = props;
  const { end, start } = useFollowedEnd(props);
  const composer = useRef<HTMLTextAreaElement>(null);
  return (
    <WithInspector
      label={TEXT.sent}
      narrow={selection === undefined ? "below" : "over"}
      isReady={props.isReady}
      inspector={<ChatAside {...props} />}
    >
      <div class="flex flex-wrap items-center gap-2">
        <h1 class="mr-auto text-18 font-semibold tracking-tight">{screen.title}</h1>
        {screen.generators.length > 1 && <GeneratorChoice screen={screen} params={props.params} />}
        <Button onClick={on.begin}>{TEXT.newChat}</Button>
        <Button onClick={on.exportChat}>{TEXT.exportChat}</Button>
        <FilePicker onFile={on.importChat}>{TEXT.importChat}</FilePicker>
      </div>
      <ConversationList {...props} />
      <BranchOutline {...props} />
      <Thread
        {...props}
        start={start}
        onStarter={(text) => {
          on.draft(text);
          focusField(composer);
        }}
      />
      <Composer {...props} field={composer} />
      <div ref={end} class="-mt-4" />
    </WithInspector>
  );
}

interface ThreadProps extends ChatViewProps {
  /** Where answers beside each other begin. */
  readonly start: RefObject<HTMLElement>;
  readonly onStarter: (text: string) => void;
}

function Thread(props: ThreadProps) {
  const { chat, screen, writing, failure, on } = props;
  const turns = thread(chat);
  const last = turns.at(-1);
  const together = choices(chat, props.beside);
  const isChoice = together.length > 0;
  const single = isChoice ? turns.slice(0, -1) : turns;
  // Whichever turns are on screen, and until what is left of it at its end is told.
  const written = useRef(writing);
  if (writing !== undefined) written.current = writing;
  const streamed = chat.turns[written.current ?? -1];
  return (
    <Panel title={TEXT.conversation} facts={paceText(props.pace)}>
      {turns.length === 0 && (
        <div class="flex flex-col gap-3 p-3">
          <p class="text-soft">
            {TEXT.empty}
            <noscript class="block pt-1">{TEXT.needsScript}</noscript>
          </p>
          {screen.starters.length > 0 && (
            <p class="flex flex-wrap items-center gap-2">
              <span class="text-12 text-soft">{TEXT.starters}</span>
              {screen.starters.map((text) => (
                <Button key={text} onClick={() => props.onStarter(text)}>{visibleText(text)}</Button>
              ))}
            </p>
          )}
        </div>
      )}
      <ol aria-label={TEXT.conversation}>
        {
          // Subtle: by its place, so that what has the focus in a turn has it also in another version of the turn.
          single.map((turn, index) => <ChatTurn key={index} {...props} turn={turn} place={index + 1} />)
        }
      </ol>
      {!isChoice && <AnotherAnswer {...props} turn={last} />}
      {isChoice && (
        <section ref={props.start} aria-label={TEXT.atOnce(together.length)} class="border-t border-line">
          <p class="px-3 pt-2 text-12 text-soft">{TEXT.atOnce(together.length)}</p>
          <ol class="grid grid-cols-columns gap-x-3">
            {together.map((turn) => <ChatTurn key={turn.id} {...props} turn={turn} place={turns.length} isChoice />)}
          </ol>
          <AnotherAnswer {...props} turn={last} />
          {writing === undefined && last !== undefined && (
            <div class="px-3 pb-2.5">
              <VersionDiff versions={siblings(chat, last)} shown={last} />
            </div>
          )}
        </section>
      )}
      <Announcer
        of={streamed?.key ?? ""}
        text={useStreamedText(streamed?.steps ?? [])}
        isStreaming={writing !== undefined}
      />
      {failure !== undefined && (
        <ProblemCard problem={failure.problem} {...(failure.retry && { onRetry: failure.retry })}>
          {props.unread !== undefined && <Button onClick={on.saveUnread}>{TEXT.saveUnread}</Button>}
        </ProblemCard>
      )}
    </Panel>
  );
}

/** Below the last answer: asks for one more beside it, as its key does in any answer. */
function AnotherAnswer({ turn, writing, isReady, on }: ChatViewProps & { readonly turn: Turn | undefined }) {
  if (turn?.origin === undefined || turn.parent === undefined || writing !== undefined || !isReady) return null;
  return (
    <div class="touch px-3 pb-2.5" title={TEXT.anotherExplained}>
      <Button onClick={() => on.beside(turn)} keys="R">{TEXT.another}</Button>
    </div>
  );
}

interface ComposerProps extends ChatViewProps {
  readonly field: RefObject<HTMLTextAreaElement>;
}

function Composer({ chat, draft, writing, beside, acceptsAtOnce, isReady, field, on }: ComposerProps) {
  // What is pressed there cannot be used afterwards, and would leave the keys nowhere.
  const then = (act: () => void) => () => {
    act();
    focusField(field);
  };
  const pending = pendingTurn(chat);
  const isWriting = writing !== undefined;
  const canAccept = pending !== undefined && !isNothing(pending) && !isWriting;
  const isSame = pending !== undefined && thread(chat).at(-2)?.text === draft;
  return (
    <form
      class="sticky bottom-0 flex flex-col gap-2 border-t border-line bg-page py-3"
      onSubmit={(event) => {
        event.preventDefault();
        then(on.send)();
      }}
    >
      {canAccept && draft !== "" && !isSame && choices(chat, beside).length === 0 && (
        <p class="text-12 text-soft">{TEXT.replaces}</p>
      )}
      <textarea
        ref={field}
        rows={Math.min(8, Math.max(2, draft.split("\n").length))}
        aria-label={TEXT.message}
        placeholder={TEXT.placeholder}
        value={draft}
        dir="auto"
        onInput={(event) => on.draft(event.currentTarget.value)}
        onKeyDown={(event) => onComposerKey(event, canAccept, on)}
        class="w-full rounded-md border border-line bg-panel px-2 py-1.5"
      />
      <div class="flex flex-wrap items-center gap-2">
        <Button primary submit disabled={!isReady || isWriting || draft === ""}>
          {isSame ? TEXT.regenerate : TEXT.send}
        </Button>
        <Button disabled={!canAccept} onClick={then(on.accept)} keys="Ctrl ↵">{TEXT.accept}</Button>
        <Button disabled={!isWriting} onClick={then(on.stop)} keys="Esc">{TEXT.stop}</Button>
        <label class="ml-auto inline-flex cursor-pointer items-center gap-2 text-12 text-soft">
          <input
            type="checkbox"
            checked={acceptsAtOnce}
            onChange={(event) => on.acceptAtOnce(event.currentTarget.checked)}
            class="m-0 accent-accent"
          />
          {TEXT.autoAccept}
        </label>
      </div>
    </form>
  );
}

/** Where a finger points, it would open a keyboard over what there is to read. */
function focusField(field: RefObject<HTMLTextAreaElement>): void {
  if (!matchMedia("(pointer: coarse)").matches) field.current?.focus({ preventScroll: true });
}

function onComposerKey(
  event: JSX.TargetedKeyboardEvent<HTMLTextAreaElement>,
  canAccept: boolean,
  on: ChatActions,
): void {
  if (event.key === "ArrowUp" && event.currentTarget.value === "") {
    event.preventDefault();
    return on.editLast();
  }
  // Subtle: Enter while an input method composes picks a character, and is no wish to send.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (event.ctrlKey || event.metaKey) {
    if (canAccept) on.accept();
  } else {
    event.currentTarget.form?.requestSubmit();
  }
}

function GeneratorChoice({ screen, params }: Pick<ChatViewProps, "screen" | "params">) {
  return (
    <form
      method="get"
      action={`/${screen.module}/${screen.component}`}
      onChange={(event) => event.currentTarget.submit()}
    >
      <PlaceChoice
        name="generator"
        label={GENERATION_STRINGS.generator}
        options={screen.generators}
        selected={screen.generator}
      />
      <HiddenPlace href={chatHref(screen, params)} except="generator" />
    </form>
  );
}
