import { useEffect, useRef } from "preact/hooks";
import { visibleText } from "../../lm/visible_text.ts";
import { Button } from "../../ui/Button.tsx";
import { cx } from "../../ui/cx.ts";
import { STRINGS } from "../../ui/strings.ts";
import { ActionStatus } from "../view/ActionStatus.tsx";
import type { ViewProps } from "../view/element_view.ts";
import { BarPiece, BarTable } from "./BarPiece.tsx";
import { layoutOf, shortTitle, twins } from "./pieces.ts";
import type { SelectableBarChartState } from "./selectable_bar_chart.ts";

/** Subtle: no form of its own, since the chart may stand among the inputs of a button, which is one. */
export function SelectableBarChartView({ name, state, page }: ViewProps<SelectableBarChartState>) {
  const { label, pieces, max, long, selectLabels, version } = state;
  const drawnVersion = useRef(version);
  useEffect(() => {
    // What was chosen among the pieces before, and not sent, says nothing about the new ones.
    if (drawnVersion.current !== version) page.edit(name, state.value);
    drawnVersion.current = version;
  }, [version]);

  const layout = layoutOf(pieces, long);
  const isRows = layout === "rows";
  const which = twins(pieces);
  const chosen = chosenIndex(page.value(name), pieces.length);
  const isRunning = page.action(name)?.status === "running";
  const canSelect = page.isReady && !isRunning && pieces.length > 0;
  const refused = page.refused(name);
  return (
    <fieldset
      class="flex min-w-0 flex-col gap-2"
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
        event.preventDefault();
        if (canSelect) page.act(name);
      }}
    >
      <legend class="break-words p-0 pb-2 font-semibold">{label}</legend>
      {pieces.length === 0 && <p class="text-soft">{STRINGS.noPieces}</p>}
      <div class={cx("grid min-w-0 gap-x-3", isRows ? "grid-cols-barrow" : "grid-cols-1 gap-y-3")}>
        {pieces.map((piece, index) => (
          <label
            key={index}
            class={cx(
              "cursor-pointer",
              isRows
                ? "col-span-full grid grid-cols-subgrid items-center rounded-md py-0.5 pr-2"
                : "flex flex-col gap-1.5 border-l-2",
              isRows && (index === chosen ? "bg-sunk" : "hover:bg-sunk"),
              !isRows && (index === chosen ? "border-accent" : "border-transparent hover:border-edge"),
            )}
          >
            <BarPiece
              piece={piece}
              max={max}
              layout={layout}
              twin={which[index]}
              lead={
                <input
                  type="radio"
                  name={name}
                  value={index}
                  checked={index === chosen}
                  onChange={() => page.edit(name, index)}
                  class="m-1 shrink-0 accent-accent"
                />
              }
            />
          </label>
        ))}
      </div>
      {refused !== undefined && <p role="alert" class="text-12 text-bad">{refused}</p>}
      <div class="flex flex-wrap items-center gap-3">
        <Button disabled={!canSelect} onClick={() => page.act(name)}>
          <span class="min-w-0 break-words">
            {selectText(pieces[chosen]?.title, selectLabels?.[chosen], which[chosen])}
          </span>
        </Button>
        <ActionStatus name={name} page={page} />
      </div>
      {pieces.length > 0 && <BarTable pieces={pieces} max={max} />}
    </fieldset>
  );
}

/** Until an edit is settled it may name a piece that is gone; the first is chosen then. */
function chosenIndex(value: unknown, length: number): number {
  return typeof value === "number" && value < length ? value : 0;
}

function selectText(
  title: string | undefined,
  own: string | undefined,
  twin: readonly [place: number, of: number] | undefined,
): string {
  if (title === undefined) return STRINGS.selectNone;
  const text = visibleText(own ?? STRINGS.select(shortTitle(title)));
  return twin === undefined ? text : `${text} (${STRINGS.ordinal(...twin)})`;
}
