import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { axisTexts } from "../../ui/axis_texts.ts";
import { LineMark } from "./LineMark.tsx";
import { LineStroke } from "./LineStroke.tsx";
import { type Line, type Plot, PLOT_UNITS, plotOf, Y_TICKS } from "./plot.ts";
import type { Readings } from "./readings.ts";
import { placeIn, type Range, ticks } from "./ticks.ts";

const HEIGHT = 220;
const TOP = 8;
const AXIS_HEIGHT = 22;
/** The numbers of an x axis stand side by side on a phone, too. */
const X_TICKS = 6;
const WIDE_X_TICKS = 3;
const WIDE_CHARACTERS = 5;
/** Width of a character of the axis, and room beside the longest number. */
const DIGIT_WIDTH = 7;
const LABEL_GAP = 8;

interface LinePlotProps {
  readonly readings: Readings;
  /** Where the marker stands. */
  readonly atX: number | undefined;
  /** The x under the pointer; undefined when it has left. */
  readonly onPoint: (x: number | undefined) => void;
}

/**
 * Subtle: the lines stand in a drawing that is stretched to its place, the numbers do not, so that they are as large on
 * a phone as on a desk.
 */
export function LinePlot({ readings, atX, onPoint }: LinePlotProps) {
  const plot = useMemo(() => plotOf(readings), [readings]);
  const yTicks = ticks(plot.y, Y_TICKS);
  return (
    <div class="flex min-w-0">
      <YAxis range={plot.y} values={yTicks} />
      <svg
        width="100%"
        height={TOP + HEIGHT + AXIS_HEIGHT}
        aria-hidden="true"
        class="block min-w-0 flex-1 touch-pan-y overflow-visible"
        onPointerMove={(event) => onPoint(xUnder(event, plot.x))}
        onPointerDown={(event) => onPoint(xUnder(event, plot.x))}
        onPointerLeave={(event) => event.pointerType === "mouse" && onPoint(undefined)}
      >
        <rect y={TOP} width="100%" height={HEIGHT} class="fill-transparent" />
        <GridLines range={plot.y} values={yTicks} />
        <XAxis range={plot.x} />
        {atX !== undefined && (
          <line x1={acrossAt(plot.x, atX)} x2={acrossAt(plot.x, atX)} y1={TOP} y2={TOP + HEIGHT} class="stroke-edge" />
        )}
        <Lines lines={plot.lines} />
        {plot.lines.map(({ marks }, series) => (
          <Marks key={series} marks={[...marks, ...marksAt(readings, series, atX)]} series={series} plot={plot} />
        ))}
      </svg>
    </div>
  );
}

function GridLines({ range, values }: { readonly range: Range; readonly values: readonly number[] }) {
  return (
    <>
      {values.map((value) => (
        <line key={value} x2="100%" y1={downAt(range, value)} y2={downAt(range, value)} class="stroke-line" />
      ))}
    </>
  );
}

function Lines({ lines }: { readonly lines: readonly Line[] }) {
  return (
    <svg
      y={TOP}
      width="100%"
      height={HEIGHT}
      viewBox={`0 0 ${PLOT_UNITS} ${PLOT_UNITS}`}
      preserveAspectRatio="none"
      class="overflow-visible"
    >
      {lines.map(({ runs }, series) =>
        runs.map((points, run) => <LineStroke key={`${series} ${run}`} series={series} points={points} />)
      )}
    </svg>
  );
}

interface MarksProps {
  readonly marks: Line["marks"];
  readonly series: number;
  readonly plot: Plot;
}

function Marks({ marks, series, plot }: MarksProps) {
  return (
    <>
      {marks.map(([x, y], index) => (
        <LineMark key={index} series={series} x={acrossAt(plot.x, x)} y={downAt(plot.y, y)} />
      ))}
    </>
  );
}

/** The points of a line at the x that is read. */
function marksAt({ lines }: Readings, series: number, atX: number | undefined): Line["marks"] {
  if (atX === undefined) return [];
  return (lines[series]?.values.get(atX) ?? []).flatMap((y): [number, number][] => y === undefined ? [] : [[atX, y]]);
}

function YAxis({ range, values }: { readonly range: Range; readonly values: readonly number[] }) {
  const texts = axisTexts(values);
  const width = Math.max(...texts.map((text) => text.length)) * DIGIT_WIDTH + LABEL_GAP;
  return (
    <svg width={width} height={TOP + HEIGHT + AXIS_HEIGHT} aria-hidden="true" class="block shrink-0">
      {values.map((value, index) => (
        <text
          key={value}
          x={width - LABEL_GAP}
          y={downAt(range, value) + 4}
          text-anchor="end"
          class="fill-soft font-mono text-11"
        >
          {texts[index]}
        </text>
      ))}
    </svg>
  );
}

/** The first and the last number are kept inside the drawing. */
function XAxis({ range }: { readonly range: Range }) {
  const many = ticks(range, X_TICKS);
  const isWide = axisTexts(many).some((text) => text.length > WIDE_CHARACTERS);
  const values = isWide ? ticks(range, WIDE_X_TICKS) : many;
  const texts = axisTexts(values);
  return (
    <>
      {values.map((value, index) => {
        const place = placeIn(range, value);
        const x = acrossAt(range, value);
        return (
          <g key={value}>
            <line x1={x} x2={x} y1={TOP + HEIGHT} y2={TOP + HEIGHT + 4} class="stroke-edge" />
            <text
              x={x}
              y={TOP + HEIGHT + 17}
              text-anchor={place < 0.05 ? "start" : place > 0.95 ? "end" : "middle"}
              class="fill-soft font-mono text-11"
            >
              {texts[index]}
            </text>
          </g>
        );
      })}
    </>
  );
}

function acrossAt(range: Range, value: number): string {
  return `${(placeIn(range, value) * 100).toFixed(3)}%`;
}

function downAt(range: Range, value: number): number {
  return Number((TOP + HEIGHT * (1 - placeIn(range, value))).toFixed(2));
}

function xUnder(event: JSX.TargetedPointerEvent<SVGSVGElement>, { min, max }: Range): number {
  const { left, width } = event.currentTarget.getBoundingClientRect();
  const place = Math.min(1, Math.max(0, (event.clientX - left) / width));
  return min * (1 - place) + max * place;
}
