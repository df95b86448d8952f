/** What the dataset screen shows besides its sample, and the URLs that lead on from it. */
import type { IndexState } from "../../datasets/dataset.ts";
import type { LintFinding } from "../../lm/prompt_lint.ts";
import type { RowScore } from "../../lm/row_score.ts";
import type { Token } from "../../lm/token.ts";
import type { GenerationScreen } from "./generation_screen.ts";
import { screenHref } from "./generation_screen.ts";

/** Which rows, in which order. */
export interface RowsWish {
  readonly search: string;
  /** A field, after "-" in descending order and perhaps "+" in ascending; "" for the order of the rows. */
  readonly sort: string;
  /** Field → condition. */
  readonly filter: Readonly<Record<string, string>>;
  /** A column of scores, in place of a field to sort by, after "-" in descending order; "" for none. */
  readonly by: string;
  /** Column of scores → condition. */
  readonly scores: Readonly<Record<string, string>>;
  /** Numbers of the only rows to list, as `parseRanges` reads them; "" for all. */
  readonly only: string;
}

export type PageRow =
  | { readonly index: number; readonly row: unknown }
  /** Why it could not be read. */
  | { readonly index: number; readonly fault: string };

/**
 * What a link opens on the screen: the prompt as tokens, the target scored, the targets of the rows on the page scored, and
 * of all of them for as long as somebody looks; the fields to edit, what values are like, long texts to their end.
 */
export const VIEWS = ["tokens", "score", "scores", "scoring", "edit", "statistics", "all"] as const;
export type View = typeof VIEWS[number];

/** Where on the screen: what is listed, and what is open. */
export interface DatasetPlace {
  readonly wish: RowsWish;
  readonly offset: number;
  readonly views: readonly View[];
  /** Name → what it finds, as `wishQuery` writes it. They live in the address, and go where it goes. */
  readonly slices: Readonly<Record<string, string>>;
  /** Numbers of the rows that are selected, as `parseRanges` reads them. */
  readonly selected: string;
  /** The sample that stays beside the others. */
  readonly pin?: number;
}

export interface RowsPage extends DatasetPlace {
  /** Whether the rows are not known yet, as the index is still being written. */
  readonly isWaiting: boolean;
  /** Whether what was asked of the rows cannot be answered; a problem tells why. */
  readonly isRefused?: boolean;
  /** How the index is doing that finds rows; absent where they are looked at one by one anyway. */
  readonly index?: IndexState;
  readonly total: number;
  readonly fields: readonly string[];
  readonly rows: readonly PageRow[];
  /** Lines that could not be read, before the row of that number. */
  readonly faults: readonly { readonly line: number; readonly before?: number; readonly message: string }[];
  /** By number; absent while nobody asked for them. */
  readonly scores?: ReadonlyMap<number, RowScore>;
  /** Rows of the split whose scores are known; present with `scores`. */
  readonly scored?: number;
  /** Rows of the split of which it is not known yet whether they have one; present with `scores`. */
  readonly unscored?: number;
  /** How long the score of a row takes; absent before the first. */
  readonly rowMs?: number;
  readonly relaxations: readonly {
    readonly wish: RowsWish;
    readonly field?: string;
    readonly column?: string;
    readonly total: number;
  }[];
}

/** The prompt, as the generator sees it. */
export interface PromptState {
  /** Absent while no generator is open that could tell. */
  readonly tokens?: readonly Token[];
  /** Whether there is a generator to ask. */
  readonly canShow: boolean;
  readonly findings: readonly LintFinding[];
}

/** A field of the sample, as text. */
export interface SampleField {
  readonly name: string;
  readonly text: string;
  /** What it said before it was edited; absent when it was not. */
  readonly original?: string;
}

/** Another component of the module, which takes the sample along. */
export interface OpenIn {
  readonly name: string;
  readonly title: string;
}

export const ROWS_A_PAGE = 20;
export const ALL_ROWS: RowsWish = { search: "", sort: "", filter: {}, by: "", scores: {}, only: "" };

/** Before the name of a slice in a URL, and the name under which a form sends a new one's. */
export const SLICE = "slice.", SAVE = "save";
/** Names in a URL of the rows that are selected, and of the sample that is pinned. */
export const SELECTED = "selected", PIN = "pin";

/**
 * Longest address at which more rows can be selected. As a slice they stand there once more, and forms write each comma as
 * three characters; a request's own limit is four times as much.
 */
const MOST_SELECTED_CHARACTERS = 4_000;

/** Longest name of a slice. */
export const SLICE_CHARACTERS = 40;

/** Subtle: a field may be named as something that every object has, such as `constructor`. */
export function conditionOf({ filter }: Pick<RowsWish, "filter">, field: string): string {
  return Object.hasOwn(filter, field) ? filter[field] ?? "" : "";
}

/** Whether a place has anything to do with scores of rows. */
export function showsScores({ views, wish: { by, scores } }: Pick<DatasetPlace, "views" | "wish">): boolean {
  return views.includes("scores") || views.includes("scoring") || by !== "" || Object.keys(scores).length > 0;
}

/** The same place with no scores made, shown, or asked for. */
export function withoutScores<Place extends DatasetPlace>(place: Place): Place {
  const views = place.views.filter((view) => view !== "scores" && view !== "scoring");
  return { ...place, views, wish: { ...place.wish, by: "", scores: {} } };
}

/** What a place says beside its sample in a URL. */
export function placeEntries(
  { wish, offset, views, slices, selected, pin }: DatasetPlace,
): readonly (readonly [string, string])[] {
  return [
    ...wishEntries(wish),
    ...(offset === 0 ? [] : [["offset", String(offset)] as const]),
    ...views.map((view) => [view, "1"] as const),
    ...Object.entries(slices).map(([name, query]) => [`${SLICE}${name}`, query] as const),
    ...(selected === "" ? [] : [[SELECTED, selected] as const]),
    ...(pin === undefined ? [] : [[PIN, String(pin)] as const]),
  ];
}

/** Names and values of a wish in a URL. */
export function wishEntries(
  { search, sort, filter, by, scores, only }: RowsWish,
): readonly (readonly [string, string])[] {
  return [
    ...(search === "" ? [] : [["q", search] as const]),
    ...(sort === "" ? [] : [["sort", sort] as const]),
    ...(by === "" ? [] : [["by", by] as const]),
    ...Object.entries(filter).map(([field, text]) => [`filter.${field}`, text] as const),
    ...Object.entries(scores).map(([column, text]) => [`score.${column}`, text] as const),
    ...(only === "" ? [] : [["only", only] as const]),
  ];
}

/** The screen at another page of rows, wish, or set of views. */
export function datasetHref(screen: GenerationScreen, place: DatasetPlace): string {
  const query = queryText(placeEntries(place));
  return query === "" ? screenHref(screen) : `${screenHref(screen)}&${query}`;
}

/** Whether no more rows can be selected, as the address would become too long for what can be done with them. */
export function isFull(screen: GenerationScreen, place: DatasetPlace): boolean {
  return datasetHref(screen, place).length > MOST_SELECTED_CHARACTERS;
}

/** A wish as the part of a URL. @example "q=snow&filter.kind=%3Dhaiku" */
export function wishQuery(wish: RowsWish): string {
  return queryText(wishEntries(wish));
}

/** The rows that a slice finds. */
export function sliceHref(screen: GenerationScreen, place: DatasetPlace, query: string): string {
  const rest = placeEntries({ ...place, wish: ALL_ROWS, offset: 0 });
  return `${[screenHref(screen), query, queryText(rest)].filter((part) => part !== "").join("&")}#rows`;
}

/** Subtle: a lone surrogate, as a field may be named, cannot stand in a URL. */
function queryText(entries: readonly (readonly [string, string])[]): string {
  // Numbers of rows stand between commas, which mean nothing in a query.
  const encode = (text: string) => encodeURIComponent(text.toWellFormed()).replaceAll("%2C", ",");
  return entries.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
}

/** A wish with another condition on a field; without one where it is "". */
export function withCondition(wish: RowsWish, field: string, condition: string): RowsWish {
  const others = Object.entries(wish.filter).filter(([name]) => name !== field);
  const filter = Object.fromEntries(condition === "" ? others : [...others, [field, condition]]);
  return { ...wish, filter };
}

/** A wish with another condition on a column of scores. */
export function withScoreCondition(wish: RowsWish, column: string, condition: string): RowsWish {
  return { ...wish, scores: withCondition({ ...wish, filter: wish.scores }, column, condition).filter };
}

/** The same, at its rows: what was asked of them is in sight when the page is there. */
export function rowsHref(screen: GenerationScreen, place: DatasetPlace): string {
  return `${datasetHref(screen, place)}#rows`;
}

/** The same screen at another row, with the same things open; what was edited stays with its own row. */
export function rowHref(screen: GenerationScreen, place: DatasetPlace, sample: number): string {
  return datasetHref({ ...screen, sample, edits: {} }, atOthers(place));
}

/** A place without what is open of one sample alone. */
export function atOthers(place: DatasetPlace): DatasetPlace {
  return { ...place, views: place.views.filter((view) => view !== "edit" && view !== "all") };
}

/** The screen with a view opened or closed. */
export function toggleHref(screen: GenerationScreen, place: DatasetPlace, view: View): string {
  const { views } = place;
  return datasetHref(screen, {
    ...place,
    views: views.includes(view) ? views.filter((each) => each !== view) : [...views, view],
  });
}

/** Where a click on a column's name leads: ascending, then descending, then the order of the rows. */
export function nextSort(sort: string, field: string): string {
  const by = sortedBy(sort, field);
  return by === 0 ? ascending(field) : by === 1 ? `-${field}` : "";
}

/** 1 where the rows ascend by the field, −1 where they descend by it, 0 where they do neither. */
export function sortedBy(sort: string, field: string): 1 | -1 | 0 {
  if (sort === `-${field}`) return -1;
  return sort === `+${field}` || sort === ascending(field) ? 1 : 0;
}

/** A field without a name, or with a mark of its own in front, needs the mark that all others do without. */
function ascending(field: string): string {
  return /^(?:$|[-+])/.test(field) ? `+${field}` : field;
}

/** A row's fields as text: texts as they are, everything else as JSON in one line. */
export function rowFields(row: unknown): readonly (readonly [name: string, value: string])[] {
  if (typeof row !== "object" || row === null || Array.isArray(row)) return [["row", shownText(row)]];
  return Object.entries(row).map(([name, value]) => [name, shownText(value)]);
}

/** Subtle: a module's own rows may hold what JSON cannot. */
function shownText(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Array.isArray(value) ? "[…]" : String(value);
  }
}
