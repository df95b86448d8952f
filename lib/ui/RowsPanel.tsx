import type { ComponentChildren } from "preact";
import { visibleLines, visibleText } from "../lm/visible_text.ts";
import { cx } from "./cx.ts";
import {
  ALL_ROWS,
  conditionOf,
  datasetHref,
  nextSort,
  type PageRow,
  rowFields,
  rowHref,
  ROWS_A_PAGE,
  rowsHref,
  type RowsPage,
  toggleHref,
  wishEntries,
} from "./dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import type { GenerationScreen } from "./generation_screen.ts";
import { LinkButton } from "./LinkButton.tsx";
import { count } from "./number_format.ts";
import { Panel } from "./Panel.tsx";

interface RowsPanelProps {
  readonly screen: GenerationScreen;
  readonly page: RowsPage;
}

/** Most of a cell that is written. */
const CELL_CHARACTERS = 400;

/** The form of search and filters; the filters stand in the table, outside of it. */
const FORM = "rows-search";

/** The rows of the split: searched, filtered and sorted by plain links and one GET form. */
export function RowsPanel({ screen, page, index }: RowsPanelProps & { readonly index: ComponentChildren }) {
  const { rows, faults } = page;
  if (screen.size === 0 && faults.length === 0) {
    return (
      <Panel title={TEXT.rows}>
        <p class="p-3 text-soft">{TEXT.noRows}</p>
      </Panel>
    );
  }
  const last = rows.at(-1)?.index ?? -1;
  return (
    <Panel
      title={TEXT.rows}
      facts={rowsFacts(page, screen.size)}
      actions={
        <>
          <LinkButton href={`${toggleHref(screen, page, "statistics")}#rows`}>
            {page.views.includes("statistics") ? TEXT.closeStatistics : TEXT.statistics}
          </LinkButton>
          <SearchForm screen={screen} page={page} />
        </>
      }
    >
      {index}
      <div class="overflow-x-auto" tabIndex={0} role="region" aria-label={TEXT.rowsTable}>
        <table class="text-13">
          <RowsHead screen={screen} page={page} />
          <tbody>
            {rows.map((found) => (
              <>
                {faults.filter(({ before }) => before === found.index).map((fault) => (
                  <FaultRow key={`line ${fault.line}`} name={TEXT.line(fault.line)} {...fault} {...page} />
                ))}
                {"fault" in found
                  ? (
                    <FaultRow
                      key={found.index}
                      name={String(found.index)}
                      message={TEXT.unreadable(found.index, found.fault)}
                      fields={page.fields}
                    />
                  )
                  : <DataRow key={found.index} screen={screen} page={page} found={found} />}
              </>
            ))}
            {faults.filter(({ before }) => before !== undefined && before > last).map((fault) => (
              <FaultRow key={`line ${fault.line}`} name={TEXT.line(fault.line)} {...fault} {...page} />
            ))}
          </tbody>
        </table>
      </div>
      {!page.isWaiting && rows.length === 0 && (
        page.total > 0 ? <PastEnd screen={screen} page={page} /> : <Relax screen={screen} page={page} />
      )}
      <Pager screen={screen} page={page} />
    </Panel>
  );
}

function rowsFacts({ wish, total, index, isWaiting }: RowsPage, size: number): string {
  const isWhole = wishEntries({ ...wish, sort: "" }).length === 0;
  const facts = isWaiting
    ? []
    : [isWhole ? TEXT.rowsFacts(count(total)) : TEXT.matchesFacts(count(total), count(size))];
  if (index?.kind === "absent") facts.push(TEXT.indexAbsent(index.reason));
  return facts.join(" · ");
}

function RowsHead({ screen, page }: RowsPanelProps) {
  const { wish, fields } = page;
  return (
    <thead class="border-b border-line text-11 text-soft">
      <tr>
        <th scope="col" class="w-px px-3 pt-1.5 text-right font-semibold">{TEXT.number}</th>
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
        <td></td>
        {fields.map((field) => (
          <td key={field} class="px-2 py-1.5">
            <input
              type="text"
              form={FORM}
              name={`filter.${field}`}
              value={conditionOf(wish, field)}
              aria-label={TEXT.filterLabel(visibleText(field))}
              placeholder={TEXT.filterHint}
              class="w-full min-w-[120px] rounded-md border border-line bg-panel px-1.5 py-0.5 text-12 text-ink"
            />
          </td>
        ))}
      </tr>
    </thead>
  );
}

function DataRow({ screen, page, found }: RowsPanelProps & { readonly found: Extract<PageRow, { row: unknown }> }) {
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
  { name, message, fields }: { readonly name: string; readonly message: string; readonly fields: readonly string[] },
) {
  return (
    <tr class="border-b border-line bg-badsunk align-top text-bad">
      <th scope="row" class="whitespace-nowrap px-3 py-1.5 text-right font-normal">{name}</th>
      <td colSpan={Math.max(1, fields.length)} class="break-words px-2 py-1.5">{visibleText(message)}</td>
    </tr>
  );
}

/** The rows end before the page that was asked for. */
function PastEnd({ screen, page }: RowsPanelProps) {
  return (
    <div class="flex flex-wrap items-center gap-2 p-3" role="status">
      <span class="text-soft">{TEXT.pastEnd(count(page.total))}</span>
      <LinkButton href={rowsHref(screen, { ...page, offset: 0 })}>{TEXT.firstRows}</LinkButton>
    </div>
  );
}

/** Nothing was found: what would be, with one part of the question left out. */
function Relax({ screen, page }: RowsPanelProps) {
  const { wish, relaxations } = page;
  const useful = relaxations.filter(({ total }) => total > 0);
  return (
    <div class="flex flex-wrap items-center gap-2 p-3" role="status">
      <span class="text-soft">{TEXT.noMatch}</span>
      {useful.map((smaller) => (
        <LinkButton key={smaller.field ?? ""} href={rowsHref(screen, { ...page, wish: smaller.wish, offset: 0 })}>
          {smaller.field === undefined
            ? TEXT.relaxSearch(visibleText(wish.search))
            : TEXT.relaxFilter(visibleText(smaller.field), visibleText(conditionOf(wish, smaller.field)))}
          <span class="pl-1.5 text-soft">{TEXT.rowsCount(count(smaller.total))}</span>
        </LinkButton>
      ))}
      <LinkButton href={rowsHref(screen, { ...page, wish: ALL_ROWS, offset: 0 })}>{TEXT.relaxAll}</LinkButton>
    </div>
  );
}

function SearchForm({ screen, page }: RowsPanelProps) {
  const { wish } = page;
  const sort = { ...ALL_ROWS, sort: wish.sort };
  const kept = new URL(datasetHref(screen, { ...page, wish: sort, offset: 0 }), "http://page").searchParams;
  return (
    <form id={FORM} method="get" action={`/${screen.module}/${screen.component}#rows`} role="search" class="flex gap-2">
      {[...kept].map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
      <input
        type="search"
        name="q"
        value={wish.search}
        aria-label={TEXT.search}
        placeholder={TEXT.searchHint}
        class="min-h-[32px] w-[180px] rounded-md border border-line bg-panel px-2 py-1"
      />
      <button type="submit" class="min-h-[32px] rounded-md border border-line bg-panel px-2.5 py-1 hover:bg-sunk">
        {TEXT.search}
      </button>
      {wishEntries(wish).length > 0 && (
        <LinkButton href={rowsHref(screen, { ...page, wish: ALL_ROWS, offset: 0 })}>{TEXT.clear}</LinkButton>
      )}
    </form>
  );
}

function Pager({ screen, page }: RowsPanelProps) {
  const { offset, total, rows } = page;
  if (rows.length === 0 || total <= ROWS_A_PAGE && offset === 0) return null;
  const to = (next: number) => rowsHref(screen, { ...page, offset: next });
  const last = offset + rows.length;
  return (
    <p class="flex items-center gap-2 p-3 text-soft tabular-nums">
      <LinkButton href={offset > 0 ? to(Math.max(0, offset - ROWS_A_PAGE)) : undefined} label={TEXT.earlier}>
        ←
      </LinkButton>
      {TEXT.page(count(offset + 1), count(last))}
      <LinkButton href={last < total ? to(last) : undefined} label={TEXT.later}>→</LinkButton>
    </p>
  );
}
