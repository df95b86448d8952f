import { type Dataset, type DatasetSource, rows } from "./dataset.ts";

/**
 * A split that is made when it is first looked at: by computing its rows, or by choosing a source.
 * @example lazy("squares", () => Array.from({ length: 100 }, (_, n) => ({ n, square: n * n })))
 */
export function lazy<Sample>(
  label: string,
  make: () =>
    | readonly Sample[]
    | DatasetSource<Sample>
    | AsyncIterable<Sample>
    | Promise<readonly Sample[] | DatasetSource<Sample>>,
): DatasetSource<Sample> {
  return {
    label,
    async open(baseUrl, context): Promise<Dataset<Sample>> {
      const made = await make();
      if ("open" in made) return await made.open(baseUrl, context);
      const samples = Array.isArray(made) ? made : await Array.fromAsync(made);
      if (samples.length === 0) throw new RangeError(`Cannot use "${label}": it has no rows`);
      return await rows<Sample>(samples, label).open(baseUrl);
    },
  };
}
