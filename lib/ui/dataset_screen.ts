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

export interface RowsPage {
  readonly wish: RowsWish;
  readonly offset: number;
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
  /** Whether they are asked for in place of the text. */
  readonly showsTokens: boolean;
  /** Whether there is a generator to ask. */
  readonly canShow: boolean;
  readonly findings: readonly LintFinding[];
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

/** Names and values of a wish in a URL. */
export function wishEntries({ search, sort, filter }: RowsWish): readonly (readonly [string, string])[] {
  return [
    ...(search === "" ? [] : [["q", search] as const]),
    ...(sort === "" ? [] : [["sort", sort] as const]),
    ...Object.entries(filter).map(([field, text]) => [`filter.${field}`, text] as const),
  ];
}

/** The screen at another sample, page of rows, or wish. */
export function datasetHref(
  screen: GenerationScreen,
  { wish, offset }: Pick<RowsPage, "wish" | "offset">,
  sample = screen.sample,
): string {
  const entries = [...wishEntries(wish), ...(offset === 0 ? [] : [["offset", String(offset)]])];
  const parts = entries.map(([name = "", value = ""]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return [screenHref({ ...screen, sample }), ...parts].join("&");
}

/** Where a click on a column's name leads: ascending, then descending, then the order of the rows. */
export function nextSort(sort: string, field: string): string {
  return sort === field ? `-${field}` : sort === `-${field}` ? "" : field;
}

/** A row's fields as text: texts as they are, everything else as JSON, in one line or in many. */
export function rowFields(
  row: unknown,
  indent: 0 | 1 = 1,
): readonly (readonly [name: string, value: string])[] {
  if (typeof row !== "object" || row === null || Array.isArray(row)) return [["row", shownText(row, indent)]];
  return Object.entries(row).map(([name, value]) => [name, shownText(value, indent)]);
}

function shownText(value: unknown, indent: 0 | 1): string {
  return typeof value === "string" ? value : JSON.stringify(value, undefined, indent) ?? String(value);
}
