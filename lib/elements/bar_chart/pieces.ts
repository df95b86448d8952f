/** The pieces of a bar chart: what a developer gives, checked, and what the page is sent. */
import type { Scalar } from "../element.ts";

export interface Bar {
  /** From 0 to the chart's `max`. */
  readonly value: number;
  /** Text beside the bar; default: its value, in per cent when `max` is 1. */
  readonly annotation?: Scalar;
  /** Tells it from the other bars of its piece. */
  readonly name?: Scalar;
}

/** A title with one bar, or with several. */
export type Piece =
  | readonly [title: Scalar, value: number, annotation?: Scalar]
  | { readonly title: Scalar; readonly bars: readonly Bar[] };

/** A bar as it is kept; absent texts have no key. */
export interface ChartBar {
  readonly value: number;
  readonly annotation?: string;
  readonly name?: string;
}

/** A piece as it is kept. */
export interface ChartPiece {
  readonly title: string;
  readonly bars: readonly ChartBar[];
}

/** One bar a line, or titles that stand above their bars. */
export type Layout = "rows" | "blocks";

/** @throws {RangeError} naming the piece and the value that is not a number from 0 to `max` */
export function readPieces(pieces: readonly Piece[], max: number): readonly ChartPiece[] {
  return pieces.map((piece) => {
    const { title, bars } = "title" in piece ? piece : { title: piece[0], bars: [oneBar(piece[1], piece[2])] };
    return { title: String(title), bars: bars.map((bar) => readBar(String(title), bar, max)) };
  });
}

/** @throws {RangeError} when it is no bound that bars can be measured by */
export function checkMax(title: string, max: number): void {
  if (Number.isFinite(max) && max > 0) return;
  throw new RangeError(`Cannot create bar chart "${title}": its max must be a number above 0, got ${max}`);
}

/** Long titles and several bars do not fit on a line; all pieces of a chart stand alike. */
export function layoutOf(pieces: readonly ChartPiece[], isLong: boolean): Layout {
  return isLong || pieces.some(({ bars }) => bars.length !== 1) ? "blocks" : "rows";
}

/** Which of several pieces with the same title: 2 of 3. */
export type Twin = readonly [place: number, of: number];

/** By piece; undefined where its title stands once. */
export function twins(pieces: readonly ChartPiece[]): readonly (Twin | undefined)[] {
  const total = Map.groupBy(pieces, ({ title }) => title);
  const seen = new Map<string, number>();
  return pieces.map(({ title }) => {
    const of = total.get(title)?.length ?? 1;
    const place = (seen.get(title) ?? 0) + 1;
    seen.set(title, place);
    return of === 1 ? undefined : [place, of];
  });
}

const BUTTON_CHARACTERS = 48;

/** A title that fits on a button: whole characters, "…" for what was left out. */
export function shortTitle(title: string): string {
  const characters = [...title];
  return characters.length > BUTTON_CHARACTERS ? `${characters.slice(0, BUTTON_CHARACTERS - 1).join("")}…` : title;
}

function oneBar(value: number, annotation: Scalar): Bar {
  return annotation === undefined ? { value } : { value, annotation };
}

function readBar(title: string, { value, annotation, name }: Bar, max: number): ChartBar {
  if (!(Number.isFinite(value) && value >= 0 && value <= max)) {
    const which = name === undefined ? `"${title}"` : `"${title}", bar "${String(name)}"`;
    throw new RangeError(`Cannot draw piece ${which}: its value must be a number from 0 to ${max}, got ${value}`);
  }
  return {
    value,
    ...(annotation === undefined ? {} : { annotation: String(annotation) }),
    ...(name === undefined ? {} : { name: String(name) }),
  };
}
