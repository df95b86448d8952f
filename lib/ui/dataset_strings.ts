/** The sentences of the dataset screen. */
export const DATASET_STRINGS = {
  openIn: "Open in",
  fields: "Fields",
  fieldsFacts: "as they stand in the row",
  rows: "Rows",
  rowsTable: "Table of rows",
  rowsFacts: (total: string) => `${total} in this split`,
  matchesFacts: (total: string, size: string) => `${total} of ${size} match`,
  search: "Search",
  searchHint: "a text in any field",
  clear: "Clear",
  number: "#",
  noMatch: (query: string) => `No row holds “${query}”. Try a part of it, or another split.`,
  page: (first: string, last: string) => `${first}–${last}`,
  earlier: "Earlier rows",
  later: "Later rows",
} as const;
