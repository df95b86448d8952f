/** What an address of the dataset screen holds besides the sample. */
import { formatRanges, parseRanges } from "../../../../lib/lm/row_ranges.ts";
import { wholeNumber } from "../../../../lib/server/place.ts";
import { ProblemError } from "../../../../lib/server/problem.ts";
import { rowWish } from "../../../../lib/server/rows/rows.ts";
import { type DatasetPlace, PIN, SELECTED, SLICE, VIEWS } from "../../../../lib/ui/address/dataset_screen.ts";
import { thrownText } from "../../../../lib/lm/thrown.ts";

/**
 * @param isEdited whether the form of the fields was sent, which is shown again then
 * @throws {ProblemError} 422 naming the field that cannot be used
 */
export function placeInDataset(query: URLSearchParams, isEdited: boolean): DatasetPlace {
  const pin = wholeNumber(query, PIN);
  return {
    wish: rowWish(query),
    offset: wholeNumber(query, "offset") ?? 0,
    views: VIEWS.filter((view) => query.get(view) === "1" || view === "edit" && isEdited),
    slices: slicesFrom(query),
    selected: selectedRows(query),
    ...(pin === undefined ? {} : { pin }),
  };
}

/** Slices by name, with the part of an address that each stands for. */
function slicesFrom(query: URLSearchParams): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...query].filter(([name]) => name.startsWith(SLICE) && name !== SLICE)
      .map(([name, text]) => [name.slice(SLICE.length), text]),
  );
}

/** @throws {ProblemError} 422 for what is no list of rows */
function selectedRows(query: URLSearchParams): string {
  try {
    return formatRanges(parseRanges(query.get(SELECTED) ?? ""));
  } catch (error) {
    const detail = `Cannot use ${SELECTED}: ${thrownText(error)}`;
    throw new ProblemError(422, "Invalid request", detail, { field: SELECTED });
  }
}
