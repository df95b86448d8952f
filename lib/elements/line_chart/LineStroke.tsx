import { cx } from "../../ui/cx.ts";

/** Lines differ by dash pattern and by colour; eight of one and five of the other tell forty lines apart. */
const DASHES = ["", "7 4", "2 3", "10 3 2 3", "14 4", "1 5", "6 3 1 3 1 3", "20 6 4 6"] as const;
/** Lines that have a colour of their own; the next one has the first one's again. */
export const COLOURS = 5;

interface LineStrokeProps {
  readonly series: number;
  /** As the `points` of a polyline. */
  readonly points: string;
}

/** One run of a line; its width and dashes are on the screen's scale, however the drawing is stretched. */
export function LineStroke({ series, points }: LineStrokeProps) {
  return (
    <polyline
      points={points}
      fill="none"
      stroke-width="2"
      stroke-linejoin="round"
      stroke-dasharray={DASHES[series % DASHES.length]}
      vector-effect="non-scaling-stroke"
      class={strokeOf(series)}
    />
  );
}

/** A line as its legend shows it. */
export function LineSwatch({ series }: { readonly series: number }) {
  return (
    <svg width="32" height="8" aria-hidden="true" class="shrink-0">
      <LineStroke series={series} points="0,4 32,4" />
    </svg>
  );
}

function strokeOf(series: number): string {
  const colour = series % COLOURS;
  return cx(
    colour === 0 && "stroke-accent",
    colour === 1 && "stroke-warn",
    colour === 2 && "stroke-ink",
    colour === 3 && "stroke-bad",
    colour === 4 && "stroke-soft",
  );
}
