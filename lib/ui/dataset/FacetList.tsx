import type { FieldFacets, RangeFacet, ValueFacet } from "../../datasets/facets.ts";
import { visibleText } from "../../lm/visible_text.ts";
import { cx } from "../cx.ts";
import { rowsHref, type RowsPage, withCondition } from "../address/dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import type { GenerationScreen } from "../address/generation_screen.ts";
import { beginning } from "./long_text.ts";
import { count, decimal } from "../number_format.ts";

/** Most characters of a value that are written, and that a link may hold. */
const SHOWN_CHARACTERS = 80, LINKED_CHARACTERS = 500;
/** A histogram's units: of one range, and of its height. */
const RANGE = 20, HEIGHT = 40;

interface FacetListProps {
  readonly screen: GenerationScreen;
  readonly page: RowsPage;
  readonly rows: number;
  readonly fields: readonly FieldFacets[];
}

/** What the values of each field are like. A value, or a range of numbers, is a link to its rows. */
export function FacetList({ screen, page, rows, fields }: FacetListProps) {
  /** Where a condition on a field leads. */
  const links = (field: string) => (condition: string) =>
    rowsHref(screen, { ...page, wish: withCondition(page.wish, field, condition), offset: 0 });
  return (
    <aside
      aria-label={TEXT.statistics}
      class="flex flex-col gap-4 border-b border-line p-3 text-12 text-soft mid:w-[260px] mid:flex-none mid:border-b-0 mid:border-r"
    >
      <p>
        {rows < screen.size && `${TEXT.someRows(count(rows), count(screen.size))} `}
        {TEXT.facetHint}
      </p>
      {fields.map((facets) => (
        <section key={facets.field} aria-label={visibleText(facets.field)} class="min-w-0">
          <h3 class="break-words font-semibold text-ink">{visibleText(facets.field)}</h3>
          <p class="tabular-nums">{facts(facets, rows)}</p>
          {facets.ranges.length > 0 && <Histogram ranges={facets.ranges} to={links(facets.field)} />}
          {facets.values.length > 0 && (
            <ul class="flex flex-col gap-0.5 pt-1">
              {facets.values.map((value) => (
                <Value key={value.text} value={value} rows={rows} to={links(facets.field)} />
              ))}
            </ul>
          )}
        </section>
      ))}
    </aside>
  );
}

function facts({ present, distinct, numbers, length }: FieldFacets, rows: number): string {
  return [
    present < rows ? TEXT.missing(count(rows - present)) : undefined,
    distinct === undefined ? TEXT.manyValues : TEXT.values(count(distinct)),
    numbers !== undefined
      ? TEXT.numbers(decimal(numbers.min), decimal(numbers.max), decimal(numbers.mean))
      : length.min === length.max
      ? TEXT.length(count(length.min))
      : TEXT.lengths(count(length.min), count(length.max), count(Math.round(length.mean))),
  ].filter((fact) => fact !== undefined).join(" · ");
}

type To = (condition: string) => string;

/** Without a script, what Shift and Alt do with a click stands beside the value. */
function Value({ value, rows, to }: { readonly value: ValueFacet; readonly rows: number; readonly to: To }) {
  const { text, count: times, state, only, add, exclude } = value;
  const short = text === "" ? TEXT.emptyText : visibleText(beginning(text, SHOWN_CHARACTERS));
  const isKept = state === "kept", isLeftOut = state === "left out";
  const isLinked = text.length <= LINKED_CHARACTERS;
  const label = cx("min-w-0 flex-1 truncate", isKept && "font-semibold", isLeftOut && "line-through");
  return (
    <li>
      <div class="flex items-center gap-1 tabular-nums">
        {isKept && <span aria-hidden="true">✓</span>}
        {isLinked
          ? (
            <a
              href={to(only)}
              data-add={to(add)}
              data-exclude={to(exclude)}
              aria-current={isKept ? "true" : undefined}
              class={cx(label, "text-accent underline")}
            >
              {short}
            </a>
          )
          : <span class={label}>{short}…</span>}
        <span>{count(times)}</span>
        {isLinked && <Sign href={to(add)} label={TEXT.alsoKeep(short)}>+</Sign>}
        {isLinked && <Sign href={to(exclude)} label={TEXT.leaveOut(short)}>−</Sign>}
      </div>
      <svg width="100%" height="3" aria-hidden="true" class="block">
        <rect
          width={`${(100 * times / rows).toFixed(2)}%`}
          height="3"
          class={isLeftOut ? "fill-line" : "fill-accent"}
        />
      </svg>
    </li>
  );
}

function Sign(props: { readonly href: string; readonly label: string; readonly children: string }) {
  return (
    <a
      href={props.href}
      aria-label={props.label}
      title={props.label}
      class="inline-flex h-6 w-6 flex-none items-center justify-center rounded-md text-accent hover:bg-sunk"
    >
      {props.children}
    </a>
  );
}

function Histogram({ ranges, to }: { readonly ranges: readonly RangeFacet[]; readonly to: To }) {
  const most = Math.max(...ranges.map(({ count: times }) => times), 1);
  const isChosen = ranges.some(({ state }) => state === "kept");
  return (
    <>
      <svg
        viewBox={`0 0 ${ranges.length * RANGE} ${HEIGHT}`}
        width="100%"
        height={HEIGHT}
        preserveAspectRatio="none"
        role="group"
        aria-label={TEXT.ranges}
        class="mt-1 block"
      >
        {ranges.map(({ from, to: end, count: times, state, only, add }, place) => {
          const height = times === 0 ? 0 : Math.max(1, times / most * HEIGHT);
          const label = TEXT.range(decimal(from), decimal(end), count(times));
          return (
            <a
              key={from}
              href={to(only)}
              data-add={to(add)}
              aria-label={label}
              aria-current={state === "kept" ? "true" : undefined}
            >
              <title>{label}</title>
              <rect x={place * RANGE} width={RANGE} height={HEIGHT} class="fill-transparent hover:fill-sunk" />
              <rect
                x={place * RANGE + 1}
                y={HEIGHT - height}
                width={RANGE - 2}
                height={height}
                class={isChosen && state === undefined ? "fill-line" : "fill-accent"}
              />
            </a>
          );
        })}
      </svg>
      <p class="flex justify-between text-11 tabular-nums" aria-hidden="true">
        <span>{decimal(ranges[0]?.from ?? 0)}</span>
        <span>{decimal(ranges.at(-1)?.to ?? 0)}</span>
      </p>
    </>
  );
}
