import type { JSX } from "preact";
import type { SurvivalVerdict } from "../../lm/survival.ts";
import { cx } from "../cx.ts";
import { memo } from "../memo.ts";
import { MISSING, probability } from "../number_format.ts";
import { STRINGS } from "../strings.ts";
import { type DisplayedToken, tokenName } from "./token_display.ts";
import type { Heat } from "./token_heat.ts";

/** A token as the strip draws it. */
export interface StripToken {
  readonly display: DisplayedToken;
  readonly heat: Heat;
  /** Undefined when a server gave no numbers. */
  readonly logprob: number | undefined;
  /** As a text where it may be no more than the least that it can be. */
  readonly rank: number | string | undefined;
  /** What the params on screen would make of it, when they are not those of the run. */
  readonly survival?: SurvivalVerdict;
  /** Why it is marked, when it is. */
  readonly flag?: string;
  /** What stands before it would change, so nothing can be said of it. */
  readonly isStale?: boolean;
}

interface TokenStripProps {
  readonly label: string;
  readonly tokens: readonly StripToken[];
  /** Position of the selected token; undefined when the selection is elsewhere. */
  readonly selected: number | undefined;
  readonly isStreaming?: boolean;
  readonly onSelect: (position: number) => void;
}

/** Tokens in reading order, each a button: arrows move, Enter opens. One of them is in the tab order. */
export function TokenStrip({ label, tokens, selected, isStreaming = false, onSelect }: TokenStripProps) {
  // Subtle: a selection may come from an address, and point past the end.
  const tabStop = selected !== undefined && selected < tokens.length ? selected : 0;
  return (
    <div
      role="group"
      aria-label={label}
      dir="auto"
      class="min-h-[27px] min-w-0 whitespace-pre-wrap break-words font-mono text-token"
      onKeyDown={moveFocus}
      onClick={(event) => {
        const position = positionOf(event.target);
        if (position !== undefined) onSelect(position);
      }}
    >
      {tokens.map((token, position) => (
        <TokenButton
          key={position}
          token={token}
          position={position}
          isSelected={position === selected}
          isTabStop={position === tabStop}
        />
      ))}
      {isStreaming && <span class="caret" />}
    </div>
  );
}

interface TokenButtonProps {
  readonly token: StripToken;
  readonly position: number;
  readonly isSelected: boolean;
  readonly isTabStop: boolean;
}

const TokenButton = memo(function TokenButton({ token, position, isSelected, isTabStop }: TokenButtonProps) {
  const { display, heat, survival } = token;
  const numbers = token.logprob === undefined
    ? STRINGS.noNumbers
    : `p ${probability(token.logprob)}, rank ${token.rank ?? MISSING}`;
  const name = [tokenName(display), numbers, token.flag].filter((part) => part !== undefined).join(", ");
  const isLost = survival?.kind === "lost" || survival?.kind === "excluded";
  return (
    <>
      <button
        type="button"
        data-position={position}
        tabIndex={isTabStop ? 0 : -1}
        aria-label={isLost ? STRINGS.notSurviving(name) : name}
        aria-pressed={isSelected}
        title={name}
        class={cx(
          "scroll-mt-4 max-w-full break-all rounded-sm border-b py-px whitespace-pre-wrap",
          heat === 0 && "border-transparent",
          heat === 1 && "border-transparent bg-heat1",
          heat === 2 && "border-transparent bg-heat2",
          heat === 3 && "border-heat4 bg-heat3",
          heat === 4 && "border-warn bg-heat4",
          // On the strongest heat, soft text cannot be read.
          (display.isMark || token.isStale === true) && heat < 3 && "text-soft",
          token.isStale === true && "italic",
          token.flag !== undefined && "border-l-2 border-l-bad pl-px",
          isLost && "line-through decoration-warn",
          isSelected && "relative outline outline-2 outline-accent",
        )}
      >
        {display.text}
      </button>
      {display.breaksLine && <br />}
    </>
  );
}, sameToken);

/** Subtle: strips are rebuilt on each frame of a stream, so tokens are compared by what they show, not by identity. */
function sameToken(before: TokenButtonProps, after: TokenButtonProps): boolean {
  return before.isSelected === after.isSelected && before.isTabStop === after.isTabStop &&
    before.position === after.position && before.token.heat === after.token.heat &&
    before.token.logprob === after.token.logprob && before.token.display.text === after.token.display.text &&
    before.token.survival?.kind === after.token.survival?.kind &&
    before.token.isStale === after.token.isStale && before.token.flag === after.token.flag;
}

function positionOf(target: EventTarget | null): number | undefined {
  const button = target instanceof Element ? target.closest("[data-position]") : null;
  const text = button?.getAttribute("data-position");
  return text === null || text === undefined ? undefined : Number(text);
}

const MOVES: Readonly<Record<string, -1 | 1>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/**
 * Position that a key moves the focus to; undefined where the key is not the strip's. At an end left and right stay where
 * they are, since the page means something else by them; up and down scroll on.
 */
export function focusAfter(
  { key, altKey, ctrlKey, metaKey }: Pick<KeyboardEvent, "key" | "altKey" | "ctrlKey" | "metaKey">,
  focused: number,
  length: number,
): number | undefined {
  if (altKey || ctrlKey || metaKey) return undefined;
  const next = key === "Home" ? 0 : key === "End" ? length - 1 : focused + (MOVES[key] ?? NaN);
  if (next >= 0 && next < length) return next;
  return key === "ArrowLeft" || key === "ArrowRight" ? focused : undefined;
}

function moveFocus(event: JSX.TargetedKeyboardEvent<HTMLDivElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>("[data-position]")];
  const focused = buttons.findIndex((button) => button === document.activeElement);
  const next = focused < 0 ? undefined : focusAfter(event, focused, buttons.length);
  if (next === undefined) return;
  event.preventDefault();
  buttons[next]?.focus();
}
