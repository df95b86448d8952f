import { useLayoutEffect, useRef } from "preact/hooks";
import { visibleLines, visibleText } from "../../lm/visible_text.ts";
import { cx } from "../../ui/cx.ts";
import { decimal } from "../../ui/number_format.ts";
import type { PageControl } from "../view/element_view.ts";
import { cellNumber, exportCell, isAbsent, type WireCell } from "./cell.ts";
import { CHUNK_ROWS } from "./near_chunks.ts";

interface TableChunkProps {
  readonly name: string;
  readonly chunk: number;
  /** Id of the table's first row. */
  readonly first: number;
  readonly rows: readonly (readonly WireCell[])[];
  readonly order: readonly number[];
  readonly isLong: boolean;
  /** Of each column. */
  readonly isNumeric: readonly boolean[];
  /** Set while the chunk is far away: it is then one empty row of this height. */
  readonly heightPx: number | undefined;
  /** What the links of a row say, by the row's id. */
  readonly linkTexts: ReadonlyMap<number, string>;
  readonly page: PageControl;
}

/** Some of a table's rows. */
export function TableChunk(props: TableChunkProps) {
  const { name, chunk, first, rows, order, isLong, isNumeric, heightPx, linkTexts, page } = props;
  const start = chunk * CHUNK_ROWS;
  return (
    <tbody data-chunk={chunk}>
      {heightPx !== undefined
        ? <Gap heightPx={heightPx} />
        : order.slice(start, start + CHUNK_ROWS).map((row, place) => (
          <TableRow
            key={first + row}
            id={first + row}
            name={name}
            cells={rows[row] ?? []}
            isNumeric={isNumeric}
            index={isLong ? start + place + 2 : undefined}
            linkText={linkTexts.get(first + row)}
            page={page}
          />
        ))}
    </tbody>
  );
}

function Gap({ heightPx }: { readonly heightPx: number }) {
  const row = useRef<HTMLTableRowElement>(null);
  useLayoutEffect(() => {
    if (row.current !== null) row.current.style.height = `${heightPx}px`;
  }, [heightPx]);
  return <tr ref={row} aria-hidden="true" />;
}

interface TableRowProps {
  readonly id: number;
  readonly name: string;
  readonly cells: readonly WireCell[];
  readonly isNumeric: readonly boolean[];
  /** Its place among all rows, where not all are drawn. */
  readonly index: number | undefined;
  /** Set for a row where links start. */
  readonly linkText: string | undefined;
  readonly page: PageControl;
}

/** A row where links start can be focused, has an edge in the accent, and says where they lead. */
function TableRow({ id, name, cells, isNumeric, index, linkText, page }: TableRowProps) {
  const isLinked = linkText !== undefined;
  const textId = isLinked ? `${name}-links-${id}` : undefined;
  return (
    <tr
      data-row={id}
      aria-rowindex={index}
      tabIndex={isLinked ? 0 : undefined}
      aria-describedby={textId}
      class={cx("border-t even:bg-sunk", isLinked && "cursor-pointer hover:bg-sunk")}
    >
      {cells.map((cell, column) => (
        <td
          key={column}
          class={cx(
            "px-2 py-1 align-top",
            column === 0 && isLinked && "border-l-2 border-l-accent",
            isNumeric[column] === true && (cellNumber(cell) !== undefined || isAbsent(cell)) &&
              "text-right tabular-nums",
          )}
        >
          <CellView cell={cell} page={page} />
          {column === 0 && isLinked && <span id={textId} hidden>{linkText}</span>}
        </td>
      ))}
    </tr>
  );
}

/**
 * A text stands byte for byte, and a fraction of many digits to five, with all of them in its title; an element is drawn by
 * its own view, with room for it.
 */
function CellView({ cell, page }: { readonly cell: WireCell; readonly page: PageControl }) {
  if (typeof cell === "object" && cell !== null && "element" in cell) {
    const hasText = typeof page.element(cell.element)?.text === "string";
    return (
      <div class={hasText ? cx("max-w-[min(480px,72vw)] break-words") : cx("min-w-[220px] max-w-[min(480px,72vw)]")}>
        {page.draw(cell)}
      </div>
    );
  }
  const { text } = exportCell(cell, page.element);
  const isLong = typeof cell === "number" && text.length > 9 && Math.abs(cell) < 1e4;
  return (
    <div
      dir="auto"
      title={isLong ? text : undefined}
      class={cx("max-w-[min(480px,72vw)] whitespace-pre-wrap break-words", isAbsent(cell) && "italic text-soft")}
    >
      {isLong ? decimal(cell) : text.trim() === "" ? visibleText(text) : visibleLines(text)}
    </div>
  );
}
