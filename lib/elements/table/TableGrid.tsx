import { useMemo, useRef } from "preact/hooks";
import { cx } from "../../ui/cx.ts";
import type { ViewProps } from "../view/element_view.ts";
import type { RowHandlers } from "./active_row.ts";
import { cellNumber, isAbsent, type WireCell } from "./cell.ts";
import { CHUNK_ROWS, LONG_ROWS, useNearChunks, useSteadyColumns } from "./near_chunks.ts";
import type { Sort } from "./sort.ts";
import type { TableState } from "./table.ts";
import { TableChunk } from "./TableChunk.tsx";
import { TableHead } from "./TableHead.tsx";

interface TableGridProps extends ViewProps<TableState> {
  readonly label: string;
  readonly order: readonly number[];
  readonly sort: Sort | undefined;
  readonly onSort: ((column: number) => void) | undefined;
  readonly linkTexts: ReadonlyMap<number, string>;
  readonly handlers: RowHandlers;
}

/** Header and rows in the box that scrolls. Without JavaScript a long table ends after its first rows. */
export function TableGrid(props: TableGridProps) {
  const { name, label, state: { headers, first, rows }, order, sort, onSort, linkTexts, handlers, page } = props;
  const box = useRef<HTMLDivElement>(null);
  const isLong = rows.length > LONG_ROWS;
  const chunks = Math.ceil(rows.length / CHUNK_ROWS);
  const drawn = page.isReady ? chunks : Math.min(chunks, LONG_ROWS / CHUNK_ROWS);
  const { near, heightPx } = useNearChunks(box, chunks, isLong && page.isReady);
  useSteadyColumns(box, isLong && page.isReady, headers.join("\n"));
  const isNumeric = useMemo(() => headers.map((_, column) => isNumberColumn(rows, column)), [headers, rows]);

  const chunkView = (chunk: number) => {
    const height = isLong && !near.has(chunk) ? heightPx(chunk, rowsOf(chunk, rows.length)) : undefined;
    const shared = { name, first, rows, order, isLong, isNumeric, linkTexts, page };
    return <TableChunk key={chunk} chunk={chunk} heightPx={height} {...shared} />;
  };

  return (
    <div
      ref={box}
      role="region"
      aria-label={label}
      tabIndex={isLong ? 0 : undefined}
      class={cx("relative min-w-0 overflow-auto rounded-b-md", isLong && "max-h-[70vh]")}
    >
      <table aria-label={label} aria-rowcount={isLong ? rows.length + 1 : undefined} {...handlers}>
        <TableHead headers={headers} isNumeric={isNumeric} sort={sort} onSort={onSort} />
        {Array.from({ length: drawn }, (_, chunk) => chunkView(chunk))}
      </table>
    </div>
  );
}

function rowsOf(chunk: number, rows: number): number {
  return Math.min(CHUNK_ROWS, rows - chunk * CHUNK_ROWS);
}

/** Whether the first rows hold numbers there and nothing else: among texts, "1" is one of them, and stands to the left. */
function isNumberColumn(rows: readonly (readonly WireCell[])[], column: number): boolean {
  const cells = rows.slice(0, LONG_ROWS).map((row) => row[column] ?? null).filter((cell) => !isAbsent(cell));
  return cells.length > 0 && cells.every((cell) => cellNumber(cell) !== undefined);
}
