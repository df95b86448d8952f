import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { visibleText } from "../../lm/visible_text.ts";
import { decimal } from "../../ui/number_format.ts";
import { STRINGS } from "../../ui/strings.ts";
import { useLate } from "../../ui/use_late.ts";
import { TableTwin } from "../../ui/TableTwin.tsx";
import type { ViewProps } from "../view/element_view.ts";
import type { LineChartState } from "./line_chart.ts";
import { LineSwatch } from "./LineStroke.tsx";
import { nearest, type Readings, readingsOf } from "./readings.ts";

/** Lines with their legend above; below, the values at the x under the pointer or chosen by arrow keys. */
export function LineChartView({ state: { xLabel, yLabel, names, points } }: ViewProps<LineChartState>) {
  const readings = useMemo(() => readingsOf(names, points), [names, points]);
  return (
    <figure class="flex min-w-0 flex-col gap-1.5">
      <figcaption class="flex flex-wrap items-center gap-x-4 gap-y-1 text-12">
        <span class="font-semibold">{visibleText(`${yLabel} / ${xLabel}`)}</span>
        {names.map((name, series) => (
          <span key={series} class="inline-flex min-w-0 items-center gap-1.5">
            <LineSwatch series={series} />
            <span class="min-w-0 break-words">{visibleText(name)}</span>
          </span>
        ))}
      </figcaption>
      {points.length === 0 && <p class="text-soft">{STRINGS.noPoints}</p>}
      {points.length > 0 && <ReadPlot readings={readings} xLabel={xLabel} />}
      {points.length > 0 && (
        <TableTwin
          head={[xLabel, ...names].map(visibleText)}
          rows={readings.xs.map((x) => [decimal(x), ...cellsAt(readings, x)])}
        />
      )}
    </figure>
  );
}

/** The drawing, and in words what stands at the chosen x. */
function ReadPlot({ readings, xLabel }: { readonly readings: Readings; readonly xLabel: string }) {
  const [picked, setPicked] = useState<number | undefined>(undefined);
  // The drawing is fetched where there is one; without JavaScript the table below has its numbers.
  const late = useLate(true, () => import("./LinePlot.tsx"));
  const { xs } = readings;
  const last = xs.length - 1;
  const at = picked === undefined ? undefined : Math.min(picked, last);
  const atX = at === undefined ? undefined : xs[at];
  const readOut = atX === undefined ? "" : valuesAt(readings, atX, xLabel);
  return (
    <>
      <div
        role="slider"
        tabIndex={0}
        aria-label={STRINGS.chartReadOut}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={at ?? 0}
        aria-valuetext={readOut}
        class="min-h-[242px] min-w-0 rounded-md"
        onFocus={() => setPicked((before) => before ?? 0)}
        onKeyDown={(event) => moveAlong(event, at ?? 0, last, setPicked)}
      >
        {late !== undefined && (
          <late.LinePlot
            readings={readings}
            atX={atX}
            onPoint={(x) => setPicked(x === undefined ? undefined : nearest(xs, x))}
          />
        )}
      </div>
      <p class="flex flex-wrap justify-between gap-x-4 text-12 text-soft">
        <span class="min-h-[18px] break-words font-mono text-ink tabular-nums">{readOut}</span>
        <span class="ml-auto">{visibleText(xLabel)}</span>
      </p>
    </>
  );
}

/** What each line has at an x: empty where it has no point there. */
function cellsAt({ lines }: Readings, x: number): readonly string[] {
  return lines.map(({ values }) =>
    (values.get(x) ?? []).map((y) => y === undefined ? STRINGS.gap : decimal(y)).join("; ")
  );
}

function valuesAt(readings: Readings, x: number, xLabel: string): string {
  const cells = cellsAt(readings, x);
  const values = readings.lines.flatMap(({ name }, series) => {
    const cell = cells[series];
    return cell === undefined || cell === "" ? [] : [`${visibleText(name)} ${cell}`];
  });
  return [`${xLabel} ${decimal(x)}`, ...values].join(" · ");
}

const MOVES: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
const LEAPS: Readonly<Record<string, number>> = { PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity };

function moveAlong(
  event: JSX.TargetedKeyboardEvent<HTMLElement>,
  from: number,
  last: number,
  pick: (index: number) => void,
): void {
  const move = MOVES[event.key] ?? LEAPS[event.key];
  if (move === undefined) return;
  event.preventDefault();
  pick(Math.min(last, Math.max(0, from + move)));
}
