import { cx } from "../../ui/cx.ts";
import { STRINGS } from "../../ui/strings.ts";
import type { ViewProps } from "../view/element_view.ts";
import type { BarChartState } from "./bar_chart.ts";
import { BarPiece, BarTable } from "./BarPiece.tsx";
import { layoutOf, twins } from "./pieces.ts";
import { visibleLines } from "../../lm/visible_text.ts";

export function BarChartView({ state: { title, pieces, max, long } }: ViewProps<BarChartState>) {
  const layout = layoutOf(pieces, long);
  const isRows = layout === "rows";
  const which = twins(pieces);
  return (
    <figure class="flex min-w-0 flex-col gap-2">
      <figcaption class="break-words font-semibold">{visibleLines(title)}</figcaption>
      {pieces.length === 0 && <p class="text-soft">{STRINGS.noPieces}</p>}
      <ul class={cx("grid min-w-0 gap-x-3", isRows ? "grid-cols-barrow gap-y-0.5" : "grid-cols-1 gap-y-3")}>
        {pieces.map((piece, index) => (
          <li
            key={index}
            class={cx(
              isRows ? "col-span-full grid grid-cols-subgrid items-center" : "flex flex-col gap-1.5",
            )}
          >
            <BarPiece piece={piece} max={max} layout={layout} twin={which[index]} />
          </li>
        ))}
      </ul>
      {pieces.length > 0 && <BarTable pieces={pieces} max={max} />}
    </figure>
  );
}
