import type { Dataset } from "./dataset.ts";

/**
 * What a source gave, once it is known to be a data set: a module may bring a source of its own in plain JavaScript.
 * @throws {TypeError} naming what is missing or of another kind
 */
export function checkedDataset<Sample>(given: Dataset<Sample>): Dataset<Sample> {
  const { size, row, problems }: Partial<Dataset<Sample>> = given ?? {};
  if (!Number.isSafeInteger(size) || Number(size) < 0) {
    throw new TypeError(`Cannot read the rows: the source gives "size" ${size}, expected a whole number from 0`);
  }
  if (typeof row !== "function") throw new TypeError(`Cannot read the rows: the source gives no "row" function`);
  if (!Array.isArray(problems)) {
    throw new TypeError(`Cannot read the rows: the source gives no list of "problems", [] where there are none`);
  }
  return given;
}
