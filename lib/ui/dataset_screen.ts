/** What the dataset screen shows besides its sample, and the URLs that lead on from it. */
import type { LintFinding } from "../lm/prompt_lint.ts";
import type { Token } from "../lm/token.ts";
import type { GenerationScreen } from "./generation_screen.ts";
import { screenHref } from "./generation_screen.ts";

/** Which rows, in which order. */
export interface RowsWish {
  readonly search: string;
  /** A field, after "-" in descending order; "" for the order of the rows. */
  readonly sort: string;
  /** Field → condition. */
  readonly filter: Readonly<Record<string, string>>;
}

export type PageRow =
  | { readonly index: number; readonly row: unknown }
  /** Why it could not be read. */
  | { readonly index: number; readonly fault: string };

/**
 * What a link opens on the screen: the prompt as tokens, the target scored, the fields to edit, what values are like, long
 * texts to their end.
 */
export const VIEWS = ["tokens", "score", "edit", "statistics", "all"] as const;
export type View = typeof VIEWS[number];

/** Where on the screen: what is listed, and what is open. */
export interface DatasetPlace {
  readonly wish: RowsWish;
  readonly offset: number;
  readonly views: readonly View[];
}

/** How the index is doing that finds rows; absent where they are looked at one by one anyway. */
export type IndexState =
  | { readonly kind: "writing"; readonly rows: number; readonly of: number }
  | { readonly kind: "ready" }
  | { readonly kind: "absent"; readonly reason: string };

export interface RowsPage extends DatasetPlace {
  /** Whether the rows are not known yet, as the index is still being written. */
  readonly isWaiting: boolean;
  readonly index?: IndexState;
  readonly total: number;
  readonly fields: readonly string[];
  readonly rows: readonly PageRow[];
  /** Lines that could not be read, before the row of that number. */
  readonly faults: readonly { readonly line: number; readonly before?: number; readonly message: string }[];
  readonly relaxations: readonly { readonly wish: RowsWish; readonly field?: string; readonly total: number }[];
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

/** What the values of one field are like. */
export interface FieldFigures {
  readonly field: string;
  readonly present: number;
  readonly distinct?: number;
  readonly top: readonly { readonly text: string; readonly count: number }[];
  readonly numbers?: {
    readonly min: number;
    readonly max: number;
    readonly mean: number;
    readonly bins: readonly number[];
  };
  readonly length: { readonly min: number; readonly max: number; readonly mean: number };
}

/** Another component of the module, which takes the sample along. */
export interface OpenIn {
  readonly name: string;
  readonly title: string;
}

export const ROWS_A_PAGE = 20;
export const ALL_ROWS: RowsWish = { search: "", sort: "", filter: {} };

/** Subtle: a field may be named as something that every object has, such as `constructor`. */
export function conditionOf({ filter }: RowsWish, field: string): string {
  return Object.hasOwn(filter, field) ? filter[field] ?? "" : "";
}

/** What a place says beside its sample in a URL. */
export function placeEntries({ wish, offset, views }: DatasetPlace): readonly (readonly [string, string])[] {
  return [
    ...wishEntries(wish),
    ...(offset === 0 ? [] : [["offset", String(offset)] as const]),
    ...views.map((view) => [view, "1"] as const),
  ];
}

/** Names and values of a wish in a URL. */
export function wishEntries({ search, sort, filter }: RowsWish): readonly (readonly [string, string])[] {
  return [
    ...(search === "" ? [] : [["q", search] as const]),
    ...(sort === "" ? [] : [["sort", sort] as const]),
    ...Object.entries(filter).map(([field, text]) => [`filter.${field}`, text] as const),
  ];
}

/** The screen at another page of rows, wish, or set of views. */
export function datasetHref(screen: GenerationScreen, place: DatasetPlace): string {
  const parts = placeEntries(place).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return [screenHref(screen), ...parts].join("&");
}

/** The same, at its rows: what was asked of them is in sight when the page is there. */
export function rowsHref(screen: GenerationScreen, place: DatasetPlace): string {
  return `${datasetHref(screen, place)}#rows`;
}

/** The same screen at another row, with the same things open; what was edited stays with its own row. */
export function rowHref(screen: GenerationScreen, place: DatasetPlace, sample: number): string {
  const views = place.views.filter((view) => view !== "edit" && view !== "all");
  return datasetHref({ ...screen, sample, edits: {} }, { ...place, views });
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
  return sort === field ? `-${field}` : sort === `-${field}` ? "" : field;
}

/** A row's fields as text: texts as they are, everything else as JSON in one line. */
export function rowFields(row: unknown): readonly (readonly [name: string, value: string])[] {
  if (typeof row !== "object" || row === null || Array.isArray(row)) return [["row", shownText(row)]];
  return Object.entries(row).map(([name, value]) => [name, shownText(value)]);
}

function shownText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? String(value);
}
