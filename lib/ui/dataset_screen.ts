/** What the dataset screen shows besides its sample. */
import type { GenerationScreen } from "./generation_screen.ts";
import { screenHref } from "./generation_screen.ts";

export interface RowsPage {
  readonly query: string;
  readonly offset: number;
  readonly total: number;
  readonly rows: readonly { readonly index: number; readonly row: unknown }[];
}

/** Another component of the module, which takes the sample along. */
export interface OpenIn {
  readonly name: string;
  readonly title: string;
}

export const ROWS_A_PAGE = 20;

/** The screen at another sample, page of rows, or search. */
export function datasetHref(
  screen: GenerationScreen,
  { query, offset }: Pick<RowsPage, "query" | "offset">,
  sample = screen.sample,
): string {
  const parts = [
    ...(query === "" ? [] : [`q=${encodeURIComponent(query)}`]),
    ...(offset === 0 ? [] : [`offset=${offset}`]),
  ];
  return [screenHref({ ...screen, sample }), ...parts].join("&");
}

/** A row's fields as text: texts as they are, everything else as JSON. */
export function rowFields(row: unknown): readonly (readonly [name: string, value: string])[] {
  if (typeof row !== "object" || row === null || Array.isArray(row)) return [["row", fieldText(row)]];
  return Object.entries(row).map(([name, value]) => [name, fieldText(value)]);
}

function fieldText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, undefined, 1) ?? String(value);
}
