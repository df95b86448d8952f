import { cx } from "../../ui/cx.ts";
import { COLOURS } from "./LineStroke.tsx";

/** A point of a line that is read. Apart from the line's stroke, which its legend draws before the plot is fetched. */
export function LineMark({ series, x, y }: { readonly series: number; readonly x: string; readonly y: number }) {
  return <circle cx={x} cy={y} r="2.5" class={fillOf(series)} />;
}

function fillOf(series: number): string {
  const colour = series % COLOURS;
  return cx(
    colour === 0 && "fill-accent",
    colour === 1 && "fill-warn",
    colour === 2 && "fill-ink",
    colour === 3 && "fill-bad",
    colour === 4 && "fill-soft",
  );
}
