import { visibleLines } from "../../lm/visible_text.ts";
import { cx } from "../../ui/cx.ts";
import type { Sort } from "./sort.ts";

interface TableHeadProps {
  readonly headers: readonly string[];
  readonly isNumeric: readonly boolean[];
  readonly sort: Sort | undefined;
  /** Undefined when the table cannot be sorted. */
  readonly onSort: ((column: number) => void) | undefined;
}

/** The headers; they stay in sight while the rows of a long table scroll. */
export function TableHead({ headers, isNumeric, sort, onSort }: TableHeadProps) {
  return (
    <thead class="sticky top-0 z-10 bg-sunk">
      <tr aria-rowindex={1}>
        {headers.map((text, column) => {
          const direction = sort?.column === column ? sort.direction : undefined;
          const header = <HeaderText text={text} direction={direction} isNumeric={isNumeric[column] === true} />;
          return (
            <th key={column} scope="col" aria-sort={direction} class="p-0 align-bottom text-left font-semibold">
              {onSort === undefined
                ? header
                : <button type="button" onClick={() => onSort(column)} class="w-full hover:bg-line">{header}</button>}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

interface HeaderTextProps {
  readonly text: string;
  readonly direction: Sort["direction"] | undefined;
  readonly isNumeric: boolean;
}

/** Subtle: the sign's room is kept, so that sorting moves no column. */
function HeaderText({ text, direction, isNumeric }: HeaderTextProps) {
  const sign = (
    <span aria-hidden="true" class={cx("mx-1 text-accent", direction === undefined && "invisible")}>
      {direction === "descending" ? "▼" : "▲"}
    </span>
  );
  return (
    <span
      class={cx(
        "block max-w-[min(480px,72vw)] whitespace-pre-wrap break-words py-1",
        isNumeric ? "ml-auto pr-2 text-right" : "pl-2",
      )}
    >
      {isNumeric && sign}
      {visibleLines(text)}
      {!isNumeric && sign}
    </span>
  );
}
