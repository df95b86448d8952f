import { SCORE_COLUMNS } from "../../lm/row_score.ts";
import { visibleText } from "../../lm/visible_text.ts";
import { cx } from "../cx.ts";
import {
  rowsHref,
  type RowsPage,
  type RowsWish,
  sliceHref,
  wishQuery,
  withCondition,
  withScoreCondition,
} from "../address/dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import type { GenerationScreen } from "../address/generation_screen.ts";
import { SliceForm } from "./SliceForm.tsx";

interface RowsChoiceProps {
  readonly screen: GenerationScreen;
  readonly page: RowsPage;
}

/** Which rows are listed, part by part, each with a way to take it away; and the slices, which name such choices. */
export function RowsChoice({ screen, page }: RowsChoiceProps) {
  const { wish, slices } = page;
  const parts = partsOf(wish), query = wishQuery(wish);
  const names = Object.keys(slices);
  const isNamed = names.some((name) => slices[name] === query);
  // Rows that are selected have a form of their own, which names them and not the choice.
  const canName = query !== "" && !isNamed && page.isRefused !== true && page.selected === "";
  if (parts.length === 0 && names.length === 0 && !canName) return null;
  return (
    <div class="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-3 py-2 text-12">
      {parts.length > 0 && (
        <ul class="flex flex-wrap items-center gap-2" aria-label={TEXT.chosen}>
          {parts.map(({ name, text, without }) => (
            <li key={name} class={CHIP}>
              {name} <b class="max-w-[240px] truncate font-medium text-ink">{text}</b>
              <Remove
                href={rowsHref(screen, { ...page, wish: without, offset: 0 })}
                label={TEXT.removePart(name, text)}
              />
            </li>
          ))}
        </ul>
      )}
      {names.length > 0 && (
        <ul class="flex flex-wrap items-center gap-2" aria-label={TEXT.slices}>
          {names.map((name) => {
            const { [name]: own = "", ...others } = slices;
            return (
              <li key={name} class={CHIP}>
                <a
                  href={sliceHref(screen, page, own)}
                  aria-current={own === query ? "true" : undefined}
                  class={cx("text-accent underline", own === query && "font-semibold")}
                >
                  {visibleText(name)}
                </a>
                <Remove
                  href={rowsHref(screen, { ...page, slices: others })}
                  label={TEXT.removeSlice(visibleText(name))}
                />
              </li>
            );
          })}
        </ul>
      )}
      {canName && <SliceForm screen={screen} place={page} />}
    </div>
  );
}

const CHIP = cx("inline-flex max-w-full items-center gap-1.5 rounded-md border border-line pl-2 text-soft");

/** A column of scores by its name on the screen. */
export function scoreName(column: string): string {
  const name = SCORE_COLUMNS.find((each) => each === column);
  return name === undefined ? visibleText(column) : TEXT.scoreNames[name];
}

interface Part {
  readonly name: string;
  readonly text: string;
  readonly without: RowsWish;
}

function partsOf(wish: RowsWish): readonly Part[] {
  const filters = Object.entries(wish.filter).map(([field, text]): Part => ({
    name: visibleText(field),
    text: visibleText(text),
    without: withCondition(wish, field, ""),
  }));
  const scores: Part[] = Object.entries(wish.scores).map(([column, text]): Part => ({
    name: scoreName(column),
    text: visibleText(text),
    without: withScoreCondition(wish, column, ""),
  }));
  if (wish.only !== "") scores.push({ name: TEXT.only, text: wish.only, without: { ...wish, only: "" } });
  if (wish.search === "") return [...filters, ...scores];
  const search = { name: TEXT.search, text: visibleText(wish.search), without: { ...wish, search: "" } };
  return [search, ...filters, ...scores];
}

function Remove({ href, label }: { readonly href: string; readonly label: string }) {
  return (
    <a
      href={href}
      aria-label={label}
      title={label}
      class="inline-flex h-6 w-6 flex-none items-center justify-center rounded-md hover:bg-sunk hover:text-ink"
    >
      ×
    </a>
  );
}
