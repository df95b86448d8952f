import { quote } from "../lm/quote.ts";
import { type Dataset, type DatasetSource, rows } from "./dataset.ts";

/**
 * A split that is made when it is first looked at: by computing its rows, or by choosing a source.
 * @example lazy("squares", () => Array.from({ length: 100 }, (_, n) => ({ n, square: n * n })))
 * @throws {TypeError} at once when `make` is no function, and when the split is opened, for what is neither rows nor a source
 */
export function lazy<Sample>(
  label: string,
  make: () =>
    | readonly Sample[]
    | DatasetSource<Sample>
    | AsyncIterable<Sample>
    | Promise<readonly Sample[] | DatasetSource<Sample>>,
): DatasetSource<Sample> {
  if (typeof make !== "function") {
    throw new TypeError(`Cannot make "${label}" when it is first looked at: expected a function, got ${quote(make)}`);
  }
  return {
    label,
    async open(baseUrl, context): Promise<Dataset<Sample>> {
      const made = await make();
      checkMade(label, made);
      if ("open" in made) return await made.open(baseUrl, context);
      const samples = Array.isArray(made) ? made : await Array.fromAsync(made);
      if (samples.length === 0) throw new RangeError(`Cannot use "${label}": it has no rows`);
      return await rows<Sample>(samples, label).open(baseUrl);
    },
  };
}

/** Subtle: a module may be plain JavaScript, and an object that is no list would pass for one of no rows. */
function checkMade(label: string, made: unknown): void {
  const isObject = typeof made === "object" && made !== null;
  if (isObject && ("open" in made || Symbol.asyncIterator in made || Symbol.iterator in made)) return;
  throw new TypeError(`Cannot use "${label}": expected a list of rows, a source or an iterable, got ${quote(made)}`);
}
