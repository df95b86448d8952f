import { useState } from "preact/hooks";
import { visibleLines } from "../lm/visible_text.ts";
import { Button } from "./Button.tsx";
import type { Turn } from "./chat_state.ts";
import { CHAT_STRINGS as TEXT } from "./chat_strings.ts";
import { cx } from "./cx.ts";
import { displayTokens } from "./token_display.ts";
import { type Colouring, heat } from "./token_heat.ts";
import { TokenStrip } from "./TokenStrip.tsx";

interface ChatTurnProps {
  readonly turn: Turn;
  /** Versions at this place, this one among them. */
  readonly versions: readonly Turn[];
  readonly isStreaming: boolean;
  readonly showsTokens: boolean;
  readonly colouring: Colouring;
  /** Position of the selected token; undefined when the selection is elsewhere. */
  readonly selected: number | undefined;
  readonly onSelect: (position: number) => void;
  readonly onTokens: () => void;
  readonly onEdit: (text: string) => void;
  readonly onRemove: () => void;
  readonly onVersion: (turn: Turn) => void;
}

/** One turn: its text or its tokens, its versions, and what can be done with it. */
export function ChatTurn(props: ChatTurnProps) {
  const { turn, versions, isStreaming, showsTokens } = props;
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const isUser = turn.role === "user";
  const index = versions.indexOf(turn);
  return (
    <li
      data-turn={turn.role}
      class={cx(
        "flex min-w-0 flex-col gap-1 border-t border-line px-3 py-2.5 first:border-t-0",
        isUser && "bg-sunk",
      )}
    >
      <header class="flex flex-wrap items-center gap-2 text-12 text-soft">
        <b class="font-semibold text-ink">{isUser ? TEXT.user : TEXT.assistant}</b>
        {turn.isEdited && <span>{TEXT.edited}</span>}
        {!turn.isAccepted && !isStreaming && <span>{TEXT.pending}</span>}
        {turn.reason !== undefined && turn.reason !== "stop" && <span>{turn.reason}</span>}
        {isStreaming && <span role="status">{TEXT.writing}</span>}
        <span class="ml-auto inline-flex items-center gap-1">
          {versions.length > 1 && <Versions versions={versions} index={index} onVersion={props.onVersion} />}
          {!isUser && turn.steps.length > 0 && (
            <Button pressed={showsTokens} onClick={props.onTokens}>{TEXT.tokens}</Button>
          )}
          {!isStreaming && draft === undefined && (
            <>
              <Button onClick={() => setDraft(turn.text)}>{TEXT.edit}</Button>
              <Button label={TEXT.remove} onClick={props.onRemove}>↶</Button>
            </>
          )}
        </span>
      </header>
      {draft === undefined ? <TurnText {...props} /> : (
        <TurnEditor
          text={draft}
          onText={setDraft}
          onCancel={() => setDraft(undefined)}
          onSave={() => {
            setDraft(undefined);
            if (draft !== turn.text) props.onEdit(draft);
          }}
        />
      )}
    </li>
  );
}

function TurnText({ turn, showsTokens, isStreaming, colouring, selected, onSelect }: ChatTurnProps) {
  const isStrip = isStreaming || (showsTokens && turn.steps.length > 0);
  if (!isStrip) return <p dir="auto" class="min-w-0 whitespace-pre-wrap break-words">{visibleLines(turn.text)}</p>;
  const displayed = displayTokens(turn.steps.map(({ token }) => token));
  const tokens = turn.steps.map((step, position) => ({
    display: displayed[position] ?? { text: "", isMark: true, breaksLine: false },
    heat: heat(step, colouring),
    logprob: step.logprob,
    rank: step.rank,
  }));
  return (
    <TokenStrip
      label={TEXT.assistant}
      tokens={tokens}
      selected={selected}
      isStreaming={isStreaming}
      onSelect={onSelect}
    />
  );
}

interface TurnEditorProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onSave: () => void;
  readonly onCancel: () => void;
}

function TurnEditor({ text, onText, onSave, onCancel }: TurnEditorProps) {
  return (
    <div class="flex flex-col gap-2">
      <textarea
        rows={Math.min(10, text.split("\n").length + 1)}
        aria-label={TEXT.edit}
        value={text}
        dir="auto"
        onInput={(event) => onText(event.currentTarget.value)}
        class="w-full rounded-md border border-line bg-panel px-2 py-1.5"
      />
      <div class="flex gap-2">
        <Button disabled={text === ""} onClick={onSave}>{TEXT.save}</Button>
        <Button onClick={onCancel}>{TEXT.cancel}</Button>
      </div>
    </div>
  );
}

interface VersionsProps {
  readonly versions: readonly Turn[];
  readonly index: number;
  readonly onVersion: (turn: Turn) => void;
}

function Versions({ versions, index, onVersion }: VersionsProps) {
  const go = (to: number) => {
    const turn = versions[to];
    if (turn !== undefined) onVersion(turn);
  };
  return (
    <span class="inline-flex items-center gap-1 tabular-nums">
      <Button label={TEXT.previous} disabled={index === 0} onClick={() => go(index - 1)}>◀</Button>
      {TEXT.version(index + 1, versions.length)}
      <Button label={TEXT.next} disabled={index === versions.length - 1} onClick={() => go(index + 1)}>▶</Button>
    </span>
  );
}
