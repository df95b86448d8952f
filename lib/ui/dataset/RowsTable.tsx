import { SCORE_COLUMNS } from "../../lm/row_score.ts";
import { visibleLines, visibleText } from "../../lm/visible_text.ts";
import { cx } from "../cx.ts";
import { formatRanges, hasRow, parseRanges, type RowRanges, toggleRow } from "../../lm/row_ranges.ts";
import {
  conditionOf,
  datasetHref,
  isFull,
  nextSort,
  type PageRow,
  rowFields,
  rowHref,
  rowsHref,
  type RowsPage,
  sortedBy,
} from "../address/dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import { beginning } from "./long_text.ts";
import type { GenerationScreen } from "../address/generation_screen.ts";
import { FilterField, SortHead } from "./RowsHead.tsx";
import { ScoreCells, ScoreFilters, ScoreHeads } from "./ScoreCells.tsx";

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
  const selected = parseRanges(page.selected), isWhole = isFull(screen, page);
  const columns = page.fields.length + (page.scores === undefined ? 0 : SCORE_COLUMNS.length);
  return (
    <div class="overflow-x-auto" tabIndex={0} role="region" aria-label={TEXT.rowsTable}>
      <table class="text-13">
        <RowsHead screen={screen} page={page} />
        <tbody>
          {rows.map((found) => (
            <>
              {faults.filter(({ before }) => before === found.index).map(({ line, message }) => (
                <FaultRow key={message} name={TEXT.line(line)} message={message} columns={columns} />
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
                : (
                  <DataRow
                    key={found.index}
                    screen={screen}
                    page={page}
                    found={found}
                    selected={selected}
                    isFull={isWhole}
                  />
                )}
            </>
          ))}
          {faults.filter(({ before }) => before !== undefined && before > last).map(({ line, message }) => (
            <FaultRow key={message} name={TEXT.line(line)} message={message} columns={columns} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RowsHead({ screen, page }: RowsTableProps) {
  const { wish } = page, [first, others] = aroundScores(page);
  const heads = (fields: readonly string[]) =>
    fields.map((field) => {
      const sort = nextSort(wish.sort, field), sorted = { ...wish, sort, by: "" };
      return (
        <SortHead
          key={field}
          name={visibleText(field)}
          sort={sortedBy(wish.sort, field)}
          href={rowsHref(screen, { ...page, wish: sorted, offset: 0 })}
        />
      );
    });
  const filters = (fields: readonly string[]) =>
    fields.map((field) => (
      <td key={field} class="px-2 py-1.5">
        <FilterField name={`filter.${field}`} value={conditionOf(wish, field)} label={visibleText(field)} />
      </td>
    ));
  return (
    <thead class="border-b border-line text-11 text-soft">
      <tr>
        <th scope="col" class="w-px px-3 pt-1.5 text-right font-semibold">{TEXT.number}</th>
        {heads(first)}
        {page.scores !== undefined && <ScoreHeads screen={screen} page={page} />}
        {heads(others)}
      </tr>
      <tr>
        <td></td>
        {filters(first)}
        {page.scores !== undefined && <ScoreFilters wish={wish} />}
        {filters(others)}
      </tr>
    </thead>
  );
}

interface DataRowProps extends SelectionProps {
  readonly found: Extract<PageRow, { row: unknown }>;
}

function DataRow({ found, ...props }: DataRowProps) {
  const { screen, page } = props, { index } = found;
  const values = new Map(rowFields(found.row)), [first, others] = aroundScores(page);
  const cells = (fields: readonly string[]) =>
    fields.map((field) => (
      <td key={field} dir="auto" class="min-w-[120px] max-w-[360px] px-2 py-1.5">
        <div class="clamp-3 whitespace-pre-wrap break-words">{visibleLines(shorten(values.get(field) ?? ""))}</div>
      </td>
    ));
  const isHere = index === screen.sample;
  return (
    <tr class={cx("border-b border-line align-top hover:bg-sunk", isHere && "bg-sunk")}>
      <th scope="row" class="whitespace-nowrap px-3 py-1.5 text-right font-mono font-normal tabular-nums">
        <div class="flex items-start justify-between gap-1">
          <SelectLink {...props} index={index} />
          <a
            href={rowHref(screen, page, index)}
            data-row={index}
            aria-current={isHere ? "true" : undefined}
            class={cx("text-accent underline", isHere && "font-bold")}
          >
            {index}
          </a>
        </div>
      </th>
      {cells(first)}
      {page.scores !== undefined && <ScoreCells row={index} score={page.scores.get(index)} />}
      {cells(others)}
    </tr>
  );
}

/** The fields before and after the scores: a narrow screen, too, tells by the first one which row the scores are of. */
function aroundScores({ fields }: RowsPage): readonly [readonly string[], readonly string[]] {
  return [fields.slice(0, 1), fields.slice(1)];
}

const SELECT = cx(
  "-my-0.5 inline-flex h-6 w-6 items-center justify-center scroll-mt-16 rounded-md text-18 hover:text-ink",
);

interface SelectionProps extends RowsTableProps {
  readonly selected: RowRanges;
  /** Whether no more rows can be selected. */
  readonly isFull: boolean;
}

/** Selects a row, or lets it go; the page comes back to it. */
function SelectLink({ screen, page, index, selected, isFull }: SelectionProps & { readonly index: number }) {
  const isSelected = hasRow(selected, index), toggled = formatRanges(toggleRow(selected, index));
  const label = isSelected ? TEXT.unselectRow(String(index)) : TEXT.selectRow(String(index));
  if (isFull && !isSelected) {
    return <span id={`row-${index}`} title={TEXT.noMoreSelected} class={cx(SELECT, "text-line")} aria-hidden>☐</span>;
  }
  return (
    <a
      id={`row-${index}`}
      href={`${datasetHref(screen, { ...page, selected: toggled })}#row-${index}`}
      aria-label={label}
      title={label}
      class={cx(SELECT, isSelected ? "text-accent" : "text-soft")}
    >
      {isSelected ? "☑" : "☐"}
    </a>
  );
}

/** Three lines of a cell are seen, so that a cell of megabytes is not sent. */
function shorten(text: string): string {
  const shown = beginning(text, CELL_CHARACTERS);
  return shown.length === text.length ? text : `${shown}…`;
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
