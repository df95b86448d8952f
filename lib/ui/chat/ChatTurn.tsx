import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Step } from "../../lm/event.ts";
import { visibleLines } from "../../lm/visible_text.ts";
import { type SurvivalVerdict, verdictsAlong } from "../../lm/survival.ts";
import { Button } from "../Button.tsx";
import { changedFor, isNothing, siblings, type Turn, type TurnId } from "./chat_state.ts";
import { CHAT_STRINGS as TEXT } from "./chat_strings.ts";
import type { ChatViewProps } from "./chat_props.ts";
import { ConfidenceLine } from "./ConfidenceLine.tsx";
import { CopyButton } from "../CopyButton.tsx";
import { cx } from "../cx.ts";
import type { ChatScreen } from "../address/chat_screen.ts";
import { paramsText } from "../params/params_text.ts";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { isPageKey, keyOf } from "../page_key.ts";
import { fixed } from "../measure_text.ts";
import { plural } from "../number_format.ts";
import { SurvivalLine } from "../inspector/SurvivalLine.tsx";
import { RUN_STRINGS } from "../run_strings.ts";
import { TokenStrip } from "../token/TokenStrip.tsx";
import { useKeptFocus } from "../use_kept_focus.ts";
import { useStripTokens } from "../token/use_strip_tokens.ts";
import { VersionDiff } from "./VersionDiff.tsx";

interface ChatTurnProps extends ChatViewProps {
  readonly turn: Turn;
  /** Which turn of the thread it is, from 1. */
  readonly place: number;
  /** One of several answers that stand beside each other. */
  readonly isChoice?: boolean;
}

/** One turn: its text or its tokens, its versions, and what can be done with it. */
export function ChatTurn(props: ChatTurnProps) {
  const { turn, place, isChoice = false, chat, writing, opened, on } = props;
  // Of the turn that it was begun for: another version may stand in the same place.
  const [edited, setEdited] = useState<{ readonly turn: TurnId; readonly text: string } | undefined>(undefined);
  const draft = edited?.turn === turn.id ? edited.text : undefined;
  const setDraft = (text: string | undefined) => setEdited(text === undefined ? undefined : { turn: turn.id, text });
  const item = useKeptFocus<HTMLLIElement>((part) => {
    part.tabIndex = -1;
    part.focus({ preventScroll: true });
  });
  const isUser = turn.role === "user";
  const isStreaming = writing !== undefined && turn.origin?.batch === writing && turn.reason === undefined;
  const versions = siblings(chat, turn);
  const name = TEXT.turnName(isUser ? TEXT.user : TEXT.assistant, place);
  return (
    <li
      ref={item}
      data-turn={turn.role}
      aria-label={name}
      onKeyDown={(event) => onTurnKey(event, props, { versions, isStreaming })}
      class={cx(
        "flex min-w-0 flex-col gap-1 px-3 py-2.5",
        !isChoice && "border-t border-line first:border-t-0",
        isUser && "bg-sunk",
      )}
    >
      <header class="flex flex-wrap items-center gap-2 text-12 text-soft">
        <b class="font-semibold text-ink">
          {isChoice ? TEXT.answer(versions.indexOf(turn) + 1) : isUser ? TEXT.user : TEXT.assistant}
        </b>
        {isChoice && (
          // Below the name and what can be done, so that the heads of several answers are alike.
          <span class="order-last flex w-full flex-wrap items-baseline gap-x-3">
            {props.beside.includes(turn.id) && <span class="break-anywhere">{drawnBy(props)}</span>}
            <TurnMetrics {...props} />
          </span>
        )}
        {turn.isEdited && <span>{TEXT.edited}</span>}
        {!turn.isAccepted && !isStreaming && !isChoice && !isNothing(turn) && <span>{TEXT.pending}</span>}
        {turn.reason !== undefined && turn.reason !== "stop" && <span>{TEXT.endings[turn.reason] ?? turn.reason}</span>}
        {isStreaming && <span role="status">{writingText(turn, props.ahead)}</span>}
        {!isChoice && <TurnMetrics {...props} />}
        <span class={cx("ml-auto inline-flex flex-wrap items-center gap-0.5", !isChoice && "-mr-1.5")}>
          {versions.length > 1 && !isChoice && (
            <Versions versions={versions} index={versions.indexOf(turn)} onVersion={on.version} />
          )}
          {!isStreaming && draft === undefined && (
            <>
              {writing === undefined && isCutOff(turn) && (
                <Button quiet onClick={() => on.resume(turn)}>{RUN_STRINGS.resume}</Button>
              )}
              <Button quiet pressed={opened.has(turn.id)} onClick={() => on.tokens(turn)}>{TEXT.tokens}</Button>
              <Button quiet onClick={() => setDraft(turn.text)}>{TEXT.edit}</Button>
              {!isUser && turn.text !== "" && (
                <CopyButton as={QuietButton} label={TEXT.copyOf(name)} text={turn.text} />
              )}
              {isChoice
                ? writing === undefined && (
                  <Button
                    label={`${TEXT.choose} ${TEXT.answer(versions.indexOf(turn) + 1)}`}
                    onClick={() =>
                      on.choose(turn)}
                  >
                    {TEXT.choose}
                  </Button>
                )
                : (
                  <Button
                    quiet
                    label={TEXT.remove}
                    onClick={() =>
                      on.remove(turn)}
                  >
                    ↶
                  </Button>
                )}
            </>
          )}
        </span>
      </header>
      {draft === undefined ? <TurnText {...props} isStreaming={isStreaming} /> : (
        <TurnEditor
          text={draft}
          onText={setDraft}
          onCancel={() => setDraft(undefined)}
          onSave={() => {
            setDraft(undefined);
            if (draft !== turn.text) on.edit(turn, draft);
          }}
        />
      )}
      {versions.length > 1 && !isChoice && !isStreaming && <VersionDiff versions={versions} shown={turn} />}
    </li>
  );
}

function QuietButton(props: { readonly label?: string; readonly onClick: () => void; readonly children: string }) {
  return <Button quiet {...props} />;
}

/** By what params an answer came, where it stands beside one that may have others. */
function drawnBy({ turn: { origin }, screen: { defaults } }: ChatTurnProps): string {
  const changed = origin === undefined ? "" : paramsText({ ...origin.params, n: defaults.n }, defaults);
  return changed === "" ? GENERATION_STRINGS.changed(0) : changed;
}

function writingText({ steps }: Turn, ahead: number | undefined): string {
  if (ahead !== undefined) return RUN_STRINGS.queued(ahead);
  return steps.length === 0 ? TEXT.waiting : TEXT.writing;
}

/** Whether it can go on where it ended; a server that draws by itself cannot be brought back there. */
function isCutOff({ reason, origin, steps }: Turn): boolean {
  const isEarly = reason === "cancelled" || reason === "incomplete" || reason === "error";
  return isEarly && (origin?.ids?.length ?? 0) > 0 && steps.at(-1)?.draw.kind !== "remote";
}

/** Single letters act while the focus is in the turn, and nobody types there. */
function onTurnKey(
  event: JSX.TargetedKeyboardEvent<HTMLElement>,
  { turn, on }: ChatTurnProps,
  { versions, isStreaming }: { readonly versions: readonly Turn[]; readonly isStreaming: boolean },
) {
  if (!isPageKey(event)) return;
  const beside = versions[versions.indexOf(turn) + (event.key === "]" ? 1 : event.key === "[" ? -1 : NaN)];
  const key = keyOf(event);
  if (key === "r") on.again(turn);
  else if (key === "R") on.beside(turn);
  // What streams shows its tokens, and has none yet that could be asked for.
  else if (key === "t" && !isStreaming) on.tokens(turn);
  else if (beside !== undefined) on.version(beside);
  else return;
  event.preventDefault();
}

/** What was measured of an answer, and how long it is. */
function TurnMetrics({ turn, screen }: ChatTurnProps) {
  const tokens = turn.origin?.ids?.length ?? turn.steps.length;
  if (turn.role === "user" || tokens === 0) return null;
  return (
    <span class="inline-flex flex-wrap items-baseline gap-x-3 font-mono tabular-nums">
      <span>{plural(tokens, "token", "tokens")}</span>
      <ConfidenceLine steps={turn.steps} />
      {screen.metrics.filter(({ name }) => turn.metrics !== undefined && name in turn.metrics).map((metric) => (
        <span key={metric.name} title={metric.description}>
          {metric.name} <b class="font-medium text-ink">{fixed(turn.metrics?.[metric.name])}</b>
        </span>
      ))}
    </span>
  );
}

const NO_VERDICTS: readonly SurvivalVerdict[] = [];
const NO_STEPS: readonly Step[] = [];

function TurnText(
  { turn, screen, params, opened, selection, isStreaming, on }: ChatTurnProps & { readonly isStreaming: boolean },
) {
  const isStrip = isStreaming || (opened.has(turn.id) && turn.steps.length > 0);
  const by = isStreaming ? undefined : changedFor(turn, params);
  const verdicts = useMemo(
    () => by === undefined || !isStrip ? NO_VERDICTS : verdictsAlong(turn.steps, by, turn.promptIds),
    [turn.steps, params, turn.origin, turn.promptIds, isStreaming, isStrip],
  );
  const tokens = useStripTokens(isStrip ? turn.steps : NO_STEPS, "p", verdicts);
  if (!isStrip) return <p dir="auto" class="min-w-0 whitespace-pre-wrap break-words">{visibleLines(turn.text)}</p>;
  return (
    <>
      <TokenStrip
        label={turn.role === "user" ? TEXT.user : TEXT.assistant}
        tokens={tokens}
        selected={selection?.turn === turn.id ? selection.position : undefined}
        isStreaming={isStreaming}
        onSelect={(position) => on.select({ turn: turn.id, position })}
      />
      {turn.askedUnder !== undefined && hasSettings(screen) && <p class="text-12 text-soft">{TEXT.askedUnder}</p>}
      {by !== undefined && (
        <SurvivalLine
          verdicts={verdicts}
          by={by}
          drawnBy={turn.origin?.params ?? by}
          onContinue={(position) => on.goOn(turn, position)}
        />
      )}
    </>
  );
}

/** Whether anything beside turns and params shapes an answer here. */
function hasSettings({ system, controls, generators }: ChatScreen): boolean {
  return system !== undefined || Object.keys(controls).length > 0 || generators.length > 1;
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
      <Button quiet label={TEXT.previous} disabled={index === 0} onClick={() => go(index - 1)}>◀</Button>
      {TEXT.version(index + 1, versions.length)}
      <Button quiet label={TEXT.next} disabled={index === versions.length - 1} onClick={() => go(index + 1)}>▶</Button>
    </span>
  );
}
