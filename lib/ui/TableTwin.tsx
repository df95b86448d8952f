import { useState } from "preact/hooks";
import { cx } from "./cx.ts";
import { count } from "./number_format.ts";
import { STRINGS } from "./strings.ts";

interface TableTwinProps {
  /** Names of the columns; the first column names the rows. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Longer tables are not drawn before they are opened. */
const EAGER_ROWS = 200;
const MOST_ROWS = 2_000;

/** What a drawing shows, as a table that is closed at first: for reading aloud, for exact numbers, for copying. */
export function TableTwin({ head, rows }: TableTwinProps) {
  const [isOpen, setOpen] = useState(false);
  const isDrawn = isOpen || rows.length <= EAGER_ROWS;
  return (
    <details class="min-w-0 text-12" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="w-max py-1 text-soft">{STRINGS.asTable}</summary>
      {isDrawn && (
        <div class="max-h-[360px] overflow-auto rounded-md border border-line" tabIndex={0}>
          <table class="font-mono text-12 tabular-nums">
            <thead class="border-b border-line font-sans text-11 text-soft">
              <tr>
                {head.map((name, column) => (
                  <th
                    key={column}
                    scope="col"
                    class={cx("px-2 py-1 font-semibold", column === 0 ? "text-left" : "text-right")}
                  >
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, MOST_ROWS).map((cells, index) => <TwinRow key={index} cells={cells} />)}
            </tbody>
          </table>
          {rows.length > MOST_ROWS && (
            <p class="px-2 py-1 text-soft">{STRINGS.moreRows(count(rows.length - MOST_ROWS))}</p>
          )}
        </div>
      )}
    </details>
  );
}

function TwinRow({ cells }: { readonly cells: readonly string[] }) {
  const [name = "", ...values] = cells;
  return (
    <tr>
      <th scope="row" class="min-w-[80px] whitespace-pre-wrap break-words px-2 py-0.5 text-left font-normal">{name}</th>
      {values.map((value, index) => (
        <td key={index} class="whitespace-pre-wrap break-words px-2 py-0.5 text-right">{value}</td>
      ))}
    </tr>
  );
}
