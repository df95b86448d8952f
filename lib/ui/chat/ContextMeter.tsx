import { Button } from "../Button.tsx";
import type { ContextUse } from "./context_use.ts";
import { CHAT_STRINGS as TEXT } from "./chat_strings.ts";
import { count, plural } from "../number_format.ts";
import { ProgressTrack } from "../ProgressTrack.tsx";

interface ContextMeterProps {
  readonly use: ContextUse;
  /** Most tokens that the answer may take. */
  readonly maxTokens: number;
  /** Goes on in a new conversation without the first turns. */
  readonly onWithout: (turns: number) => void;
}

/** How much of the model's window is taken, and what happens when it is full. */
export function ContextMeter({ use, maxTokens, onWithout }: ContextMeterProps) {
  const { window, used, left, tooMany } = use;
  const isTight = left < maxTokens;
  return (
    <div class="flex flex-col gap-1 py-1">
      <div
        role="meter"
        aria-label={TEXT.window}
        aria-valuemin={0}
        aria-valuemax={window}
        aria-valuenow={Math.min(used, window)}
        aria-valuetext={TEXT.windowUse(count(used), count(window))}
      >
        <ProgressTrack share={Math.min(1, used / window)} />
      </div>
      <p class="text-12 text-soft tabular-nums">{TEXT.windowUse(count(used), count(window))} · {roomText(use)}</p>
      {isTight && <p class="text-12 text-warn">{warning(use)}</p>}
      {tooMany !== undefined && tooMany > 0 && (
        <span>
          <Button onClick={() => onWithout(tooMany)}>{TEXT.without(plural(tooMany, "turn", "turns"))}</Button>
        </span>
      )}
    </div>
  );
}

function roomText({ left, exchanges }: ContextUse): string {
  const room = TEXT.windowLeft(count(left));
  return exchanges === undefined || left === 0 ? room : `${room}, ${TEXT.windowExchanges(count(exchanges))}`;
}

function warning({ left, used, window, tooMany }: ContextUse): string {
  if (left > 0) return TEXT.windowCuts(plural(left, "token", "tokens"));
  const excess = plural(used - window + 1, "token", "tokens");
  return tooMany === undefined ? TEXT.windowOver(excess) : TEXT.windowOverBy(excess, plural(tooMany, "turn", "turns"));
}
