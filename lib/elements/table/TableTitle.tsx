import { useState } from "preact/hooks";
import { STRINGS } from "../../ui/strings.ts";
import { useLate } from "../../ui/use_late.ts";
import type { ViewProps } from "../view/element_view.ts";
import { type ExportCell, exportCell } from "./cell.ts";
import type { TableState } from "./table.ts";
import { visibleLines } from "../../lm/visible_text.ts";

interface TableTitleProps extends ViewProps<TableState> {
  /** The rows are exported as they are shown. */
  readonly order: readonly number[];
}

export function TableTitle({ name, state, order, page }: TableTitleProps) {
  const { title, headers, rows, latex, csv } = state;
  const [showsLatex, setShowsLatex] = useState(false);
  const [isLost, setIsLost] = useState(false);
  // What few people export is fetched when they do.
  const dialog = useLate(showsLatex, () => import("./LatexDialog.tsx"));
  if (title === "" && !latex && !csv) return null;

  const cells = (): readonly (readonly ExportCell[])[] =>
    order.map((row) => (rows[row] ?? []).map((cell) => exportCell(cell, page.element)));
  const save = async () => {
    const { saveCsv } = await import("../view/save_csv.ts");
    saveCsv(title, name, headers, cells());
  };

  return (
    <div class="flex min-h-[32px] flex-wrap items-center gap-x-3 gap-y-1 border-b py-1 pl-2 pr-1">
      <figcaption class="min-w-0 flex-1 whitespace-pre-wrap break-words text-13 font-semibold">
        {visibleLines(title)}
      </figcaption>
      <span class="flex gap-1">
        {latex && (
          <ExportButton disabled={!page.isReady} onClick={() => setShowsLatex(true)}>
            {STRINGS.latex}
          </ExportButton>
        )}
        {csv && (
          <ExportButton
            disabled={!page.isReady}
            onClick={() => void save().then(() => setIsLost(false), () => setIsLost(true))}
          >
            {STRINGS.csv}
          </ExportButton>
        )}
      </span>
      {isLost && <p role="alert" class="w-0 min-w-full text-12 text-bad">{STRINGS.notFetched}</p>}
      {showsLatex && dialog !== undefined && (
        <dialog.LatexDialog
          headers={headers}
          rows={cells()}
          onClose={() => setShowsLatex(false)}
        />
      )}
    </div>
  );
}

function ExportButton(props: { readonly children: string; readonly disabled: boolean; readonly onClick: () => void }) {
  return (
    <button
      type="button"
      disabled={props.disabled}
      onClick={props.onClick}
      class="min-h-[24px] rounded-sm px-1.5 text-11 font-semibold text-soft hover:bg-sunk hover:text-ink"
    >
      {props.children}
    </button>
  );
}
