import type { ComponentChildren } from "preact";
import { visibleLines, visibleText } from "../../lm/visible_text.ts";
import { decimal, percent } from "../../ui/number_format.ts";
import { STRINGS } from "../../ui/strings.ts";
import { TableTwin } from "../../ui/TableTwin.tsx";
import type { ChartBar, ChartPiece, Layout, Twin } from "./pieces.ts";

interface BarPieceProps {
  readonly piece: ChartPiece;
  readonly max: number;
  readonly layout: Layout;
  /** Which of the pieces of the same title it is. */
  readonly twin: Twin | undefined;
  /** What stands before the title: the radio of a piece that can be chosen. */
  readonly lead?: ComponentChildren;
}

/** One piece inside the grid of its chart: title, bars, and each bar's number beside it. */
export function BarPiece({ piece: { title, bars }, max, layout, twin, lead }: BarPieceProps) {
  const [bar] = bars;
  const name = (
    <span class="min-w-0 whitespace-pre-wrap break-words" dir="auto">
      {title.trim() === "" ? visibleText(title) : visibleLines(title)}
      {twin !== undefined && <span class="ml-1.5 text-12 text-soft">{STRINGS.ordinal(...twin)}</span>}
    </span>
  );
  if (layout === "rows" && bar !== undefined) {
    return (
      <>
        <span class="flex min-w-0 items-center gap-2">{lead}{name}</span>
        <BarLine bar={bar} max={max} />
        <span class="break-words text-right font-mono text-12 tabular-nums">{barText(bar, max)}</span>
      </>
    );
  }
  return (
    <>
      <span class="flex min-w-0 items-start gap-2 rounded-sm bg-sunk px-2 py-1 font-mono text-13">{lead}{name}</span>
      <span class="grid grid-cols-bars gap-x-4 gap-y-1.5 px-2">
        {bars.map((each, index) => <NamedBar key={index} bar={each} max={max} />)}
      </span>
    </>
  );
}

function NamedBar({ bar, max }: { readonly bar: ChartBar; readonly max: number }) {
  return (
    <span class="block min-w-0">
      {bar.name !== undefined && <span class="block break-words text-12 text-soft">{visibleLines(bar.name)}</span>}
      <span class="flex items-center gap-2">
        <BarLine bar={bar} max={max} />
        <span class="min-w-[56px] max-w-[50%] break-words text-right font-mono text-12 tabular-nums">
          {barText(bar, max)}
        </span>
      </span>
    </span>
  );
}

/** Subtle: a value above 0 is drawn a pixel wide at least, so that it differs from none. */
function BarLine({ bar: { value }, max }: { readonly bar: ChartBar; readonly max: number }) {
  return (
    <svg width="100%" height="12" aria-hidden="true" class="block min-w-0 flex-1">
      <rect width="100%" height="12" rx="2" class="fill-line" />
      {value > 0 && <rect width="1" height="12" class="fill-accent" />}
      <rect width={`${((value / max) * 100).toFixed(2)}%`} height="12" rx="2" class="fill-accent" />
    </svg>
  );
}

/** The chart's numbers once more, a line for each bar. */
export function BarTable({ pieces, max }: { readonly pieces: readonly ChartPiece[]; readonly max: number }) {
  const isNamed = pieces.some(({ bars }) => bars.some(({ name }) => name !== undefined));
  const rows = pieces.flatMap(({ title, bars }) =>
    bars.map((bar) => [title, ...(isNamed ? [bar.name ?? ""] : []), String(bar.value), barText(bar, max)])
  );
  return (
    <TableTwin
      head={[STRINGS.piece, ...(isNamed ? [STRINGS.bar] : []), STRINGS.barValue, STRINGS.shownAs]}
      rows={rows.map((cells) => cells.map(visibleLines))}
    />
  );
}

function barText({ value, annotation }: ChartBar, max: number): string {
  if (annotation !== undefined) return visibleLines(annotation);
  return max === 1 ? `${percent(Math.log(value))} %` : decimal(value);
}
