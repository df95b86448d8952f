import { visibleLines, visibleText } from "../lm/visible_text.ts";
import { cx } from "./cx.ts";
import { conditionOf, nextSort, type PageRow, rowFields, rowHref, rowsHref, type RowsPage } from "./dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import type { GenerationScreen } from "./generation_screen.ts";
import { FORM } from "./RowsSearch.tsx";
import { SCORE_COLUMNS, ScoreCells, ScoreHeads } from "./ScoreCells.tsx";

interface RowsTableProps {
  readonly screen: GenerationScreen;
  readonly page: RowsPage;
}

/** Most of a cell that is written. */
const CELL_CHARACTERS = 400;

/** A page of rows, a column a field, with what could not be read in its place. */
export function RowsTable({ screen, page }: RowsTableProps) {
  const { rows, faults } = page;
  const last = rows.at(-1)?.index ?? -1;
  const columns = page.fields.length + (page.scores === undefined ? 0 : SCORE_COLUMNS);
  return (
    <div class="overflow-x-auto" tabIndex={0} role="region" aria-label={TEXT.rowsTable}>
      <table class="text-13">
        <RowsHead screen={screen} page={page} />
        <tbody>
          {rows.map((found) => (
            <>
              {faults.filter(({ before }) => before === found.index).map(({ line, message }) => (
                <FaultRow key={`line ${line}`} name={TEXT.line(line)} message={message} columns={columns} />
              ))}
              {"fault" in found
                ? (
                  <FaultRow
                    key={found.index}
                    name={String(found.index)}
                    message={TEXT.unreadable(found.index, found.fault)}
                    columns={columns}
                  />
                )
                : <DataRow key={found.index} screen={screen} page={page} found={found} />}
            </>
          ))}
          {faults.filter(({ before }) => before !== undefined && before > last).map(({ line, message }) => (
            <FaultRow key={`line ${line}`} name={TEXT.line(line)} message={message} columns={columns} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RowsHead({ screen, page }: RowsTableProps) {
  const { wish, fields } = page;
  return (
    <thead class="border-b border-line text-11 text-soft">
      <tr>
        <th scope="col" class="w-px px-3 pt-1.5 text-right font-semibold">{TEXT.number}</th>
        {page.scores !== undefined && <ScoreHeads />}
        {fields.map((field) => {
          const sort = nextSort(wish.sort, field);
          const order = sort === "" ? TEXT.unsorted : sort === field ? TEXT.ascending : TEXT.descending;
          const isUp = wish.sort === field, isDown = wish.sort === `-${field}`;
          return (
            <th
              key={field}
              scope="col"
              aria-sort={isUp ? "ascending" : isDown ? "descending" : "none"}
              class="px-2 pt-1.5 text-left font-semibold"
            >
              <a
                href={rowsHref(screen, { ...page, wish: { ...wish, sort }, offset: 0 })}
                title={TEXT.sortBy(visibleText(field), order)}
                class={cx("rounded-sm hover:text-ink", (isUp || isDown) && "text-accent")}
              >
                {visibleText(field)} <span aria-hidden="true">{isUp ? "↑" : isDown ? "↓" : "↕"}</span>
              </a>
            </th>
          );
        })}
      </tr>
      <tr>
        <td colSpan={1 + (page.scores === undefined ? 0 : SCORE_COLUMNS)}></td>
        {fields.map((field) => (
          <td key={field} class="px-2 py-1.5">
            <input
              type="text"
              form={FORM}
              name={`filter.${field}`}
              value={conditionOf(wish, field)}
              aria-label={TEXT.filterLabel(visibleText(field))}
              placeholder={TEXT.filterHint}
              title={TEXT.filterExplained}
              class="w-full min-w-[120px] rounded-md border border-line bg-panel px-1.5 py-0.5 text-12 text-ink"
            />
          </td>
        ))}
      </tr>
    </thead>
  );
}

function DataRow({ screen, page, found }: RowsTableProps & { readonly found: Extract<PageRow, { row: unknown }> }) {
  const { index } = found;
  const values = new Map(rowFields(found.row));
  const isHere = index === screen.sample;
  return (
    <tr class={cx("border-b border-line align-top hover:bg-sunk", isHere && "bg-sunk")}>
      <th scope="row" class="px-3 py-1.5 text-right font-mono font-normal tabular-nums">
        <a
          href={rowHref(screen, page, index)}
          data-row={index}
          aria-current={isHere ? "true" : undefined}
          class={cx("text-accent underline", isHere && "font-bold")}
        >
          {index}
        </a>
      </th>
      {page.scores !== undefined && <ScoreCells score={page.scores.get(index)} />}
      {page.fields.map((field) => (
        <td key={field} dir="auto" class="min-w-[120px] max-w-[360px] px-2 py-1.5">
          <div class="max-h-[60px] overflow-hidden whitespace-pre-wrap break-words">
            {visibleLines(shorten(values.get(field) ?? ""))}
          </div>
        </td>
      ))}
    </tr>
  );
}

/** Three lines of a cell are seen, so that a cell of megabytes is not sent. */
function shorten(text: string): string {
  return text.length <= CELL_CHARACTERS ? text : `${text.slice(0, CELL_CHARACTERS)}…`;
}

/** In place of a row that could not be read. */
function FaultRow(
  { name, message, columns }: { readonly name: string; readonly message: string; readonly columns: number },
) {
  return (
    <tr class="border-b border-line bg-badsunk align-top text-bad">
      <th scope="row" class="whitespace-nowrap px-3 py-1.5 text-right font-normal">{name}</th>
      <td colSpan={Math.max(1, columns)} class="break-words px-2 py-1.5">{visibleText(message)}</td>
    </tr>
  );
}
