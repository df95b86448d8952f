import { visibleLines, visibleText } from "../../lm/visible_text.ts";
import { Button } from "../../ui/Button.tsx";
import { cx } from "../../ui/cx.ts";
import { STRINGS } from "../../ui/strings.ts";
import { ActionStatus } from "../view/ActionStatus.tsx";
import type { ViewProps } from "../view/element_view.ts";
import { BarPiece, BarTable } from "./BarPiece.tsx";
import { type ChartPiece, type Layout, layoutOf, shortTitle, type Twin, twins } from "./pieces.ts";
import type { SelectableBarChartState } from "./selectable_bar_chart.ts";

/** Subtle: no form of its own, since the chart may stand among the inputs of a button, which is one. */
export function SelectableBarChartView({ name, state, page }: ViewProps<SelectableBarChartState>) {
  const { label, pieces, max, long, selectLabels } = state;
  const layout = layoutOf(pieces, long);
  const isRows = layout === "rows";
  const which = twins(pieces);
  const chosen = chosenIndex(page.value(name), pieces.length);
  const canSelect = page.isReady && page.action(name)?.status !== "running" && pieces.length > 0;
  const select = () => canSelect && page.act(name);
  const refused = page.refused(name);
  const choices = pieces.map((piece, index) => (
    <PieceChoice
      key={index}
      {...{ piece, max, layout, name, index }}
      twin={which[index]}
      isChosen={index === chosen}
      onChoose={() => page.edit(name, index)}
      onEnter={select}
    />
  ));
  return (
    <fieldset class="flex min-w-0 flex-col gap-2">
      <legend class="break-words p-0 pb-2 font-semibold">{visibleLines(label)}</legend>
      {pieces.length === 0 && <p class="text-soft">{STRINGS.noPieces}</p>}
      <div class={cx("grid min-w-0 gap-x-3", isRows ? "grid-cols-barrow" : "grid-cols-1 gap-y-3")}>
        {choices}
      </div>
      {refused !== undefined && <p role="alert" class="text-12 text-bad">{visibleLines(refused)}</p>}
      <div class="flex flex-wrap items-center gap-3">
        <Button disabled={!canSelect} onClick={select}>
          <span class="min-w-0 break-words">{selectText(pieces[chosen], selectLabels?.[chosen], which[chosen])}</span>
        </Button>
        <ActionStatus name={name} page={page} />
      </div>
      {pieces.length > 0 && <BarTable pieces={pieces} max={max} />}
    </fieldset>
  );
}

interface PieceChoiceProps {
  readonly piece: ChartPiece;
  readonly max: number;
  readonly layout: Layout;
  readonly twin: Twin | undefined;
  /** Of the radio buttons. */
  readonly name: string;
  readonly index: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly onEnter: () => void;
}

/** A piece and its radio button; a click anywhere on it chooses it. */
function PieceChoice({ name, index, isChosen, onChoose, onEnter, ...piece }: PieceChoiceProps) {
  const isRow = piece.layout === "rows";
  const radio = (
    <input
      type="radio"
      name={name}
      value={index}
      checked={isChosen}
      onChange={onChoose}
      onKeyDown={(event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        onEnter();
      }}
      class="m-1 shrink-0 accent-accent"
    />
  );
  return (
    <label
      class={cx(
        "min-w-0 cursor-pointer",
        isRow ? "col-span-full grid grid-cols-subgrid items-center rounded-md py-0.5 pr-2" : "flex flex-col gap-1.5",
        isRow && (isChosen ? "bg-sunk" : "hover:bg-sunk"),
        !isRow && (isChosen ? "border-l-2 border-accent" : "border-l-2 border-transparent hover:border-edge"),
      )}
    >
      <BarPiece {...piece} lead={radio} />
    </label>
  );
}

/** Until an edit is settled it may name a piece that is gone; the first is chosen then. */
function chosenIndex(value: unknown, length: number): number {
  return typeof value === "number" && value < length ? value : 0;
}

function selectText(piece: ChartPiece | undefined, own: string | undefined, twin: Twin | undefined): string {
  if (piece === undefined) return STRINGS.selectNone;
  const text = visibleText(own ?? STRINGS.select(shortTitle(piece.title)));
  return twin === undefined ? text : `${text} (${STRINGS.ordinal(...twin)})`;
}
