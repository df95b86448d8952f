/** What the values of each field are like, over the rows of a split. */
import type { Dataset } from "./dataset.ts";
import type { FieldStatistics, NumberStatistics, Statistics } from "./field_statistics.ts";
import { fieldNumber, fieldText, rowEntries } from "./field_text.ts";
import { LateError } from "./late_error.ts";
import { Turns } from "./turns.ts";

/** Most rows that are looked at. */
const MOST_ROWS = 20_000;
/** Most different values of a field that are counted. */
export const MOST_VALUES = 10_000;
export const SHOWN_VALUES = 10;
const BINS = 10;
/** Steps that ranges may be wide, times a power of ten. */
const ROUND = [1, 2, 5, 10];
/** Rows looked at before others get their turn. */
const TURN_ROWS = 1_000;

const known = new WeakMap<Dataset<unknown>, Promise<Statistics>>();

/** Has them once, from the split's own engine where it has one, and remembers them for as long as the split is open. */
export function statisticsOf(dataset: Dataset<unknown>): Promise<Statistics> {
  const remembered = known.get(dataset);
  if (remembered !== undefined) return remembered;
  const statistics = dataset.statistics?.() ?? lookAtRows(dataset);
  known.set(dataset, statistics);
  statistics.catch(() => known.delete(dataset)); // A failure is told once, and the next who asks may have more luck.
  return statistics;
}

/** Whether they may be of every row. */
export function mayLookAtAll({ size, statistics }: Dataset<unknown>): boolean {
  return statistics !== undefined || size <= MOST_ROWS;
}

/** Looks at all rows, or at so many at even distances. @param pause what gives others their turn */
export async function lookAtRows(dataset: Dataset<unknown>, pause?: () => Promise<void>): Promise<Statistics> {
  const columns = new Map<string, Column>();
  const step = Math.max(1, dataset.size / MOST_ROWS), turns = new Turns(TURN_ROWS, undefined, pause);
  let rows = 0;
  for (let at = 0; at < dataset.size; at += step) {
    try {
      for (const [field, value] of rowEntries(await dataset.row(Math.floor(at)))) {
        const text = fieldText(value);
        if (text === undefined) continue;
        const column = columns.get(field) ?? new Column();
        columns.set(field, column);
        column.add(text);
      }
      rows++;
    } catch (error) {
      if (error instanceof LateError) throw error;
      // A row that cannot be read stands in the table, with its reason.
    }
    const turn = turns.did(1);
    if (turn !== undefined) await turn;
  }
  return {
    rows,
    isWhole: step === 1,
    fields: [...columns].map(([field, column]) => ({ field, ...column.statistics() })),
  };
}

/** One field's values as they come. */
class Column {
  readonly #counts = new Map<string, number>();
  readonly #numbers: number[] = [];
  #present = 0;
  #empty = 0;
  #overflows = false;
  #shortest = Infinity;
  #longest = 0;
  #characters = 0;

  add(text: string): void {
    this.#present++;
    if (text === "") this.#empty++;
    this.#shortest = Math.min(this.#shortest, text.length);
    this.#longest = Math.max(this.#longest, text.length);
    this.#characters += text.length;
    const count = this.#counts.get(text);
    if (count !== undefined || this.#counts.size < MOST_VALUES) this.#counts.set(text, (count ?? 0) + 1);
    else this.#overflows = true;
    const number = fieldNumber(text);
    if (number !== undefined) this.#numbers.push(number);
  }

  statistics(): Omit<FieldStatistics, "field"> {
    const isNumeric = this.#numbers.length > 0 && this.#numbers.length === this.#present - this.#empty;
    const repeated = [...this.#counts].filter(([, count]) => count > 1).toSorted(([, one], [, other]) => other - one);
    return {
      present: this.#present,
      ...(this.#overflows ? {} : { distinct: this.#counts.size }),
      top: repeated.slice(0, SHOWN_VALUES).map(([text, count]) => ({ text, count })),
      ...(isNumeric ? { numbers: numberStatistics(this.#numbers) } : {}),
      length: { min: this.#shortest, max: this.#longest, mean: this.#characters / this.#present },
    };
  }
}

/** @example numberStatistics([1, 2, 3, 11]) has mean 4.25, and 1, 1, 1, 0 … 1 in the ranges 1–2, 2–3, 3–4, 4–5 … 11–12 */
export function numberStatistics(values: readonly number[] | Float64Array): NumberStatistics {
  let min = Infinity, max = -Infinity, sum = 0;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  const edges = binEdges(min, max), counts = new Array<number>(edges.length).fill(0);
  const [first = 0, second = 1] = edges, width = second - first;
  for (const value of edges.length === 0 ? [] : values) {
    let bin = Math.min(edges.length - 2, Math.floor((value - first) / width));
    // Subtle: the quotient is rounded, and a condition on the range compares with the edges themselves.
    while (value < (edges[bin] ?? -Infinity)) bin--;
    while (value >= (edges[bin + 1] ?? Infinity)) bin++;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const bins = edges.slice(1).map((to, bin) => ({ from: edges[bin] ?? to, to, count: counts[bin] ?? 0 }));
  const mean = Number.isFinite(sum) ? sum / values.length : meanOfHuge(values, min, max);
  return { min, max, mean, bins };
}

/** Of numbers whose sum overflows: each is divided first, which rounds more often than the sum of others does. */
function meanOfHuge(values: readonly number[] | Float64Array, min: number, max: number): number {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  return Math.min(max, Math.max(min, mean));
}

/**
 * Round numbers at equal distances, the first at most `min` and the last above `max`; none where there are no such.
 * @example binEdges(1, 11) is 1, 2, 3, … 12
 */
function binEdges(min: number, max: number): readonly number[] {
  const wanted = (max - min) / BINS, power = Math.floor(Math.log10(wanted));
  const times = ROUND.find((each) => each * 10 ** power >= wanted);
  if (times === undefined || Math.abs(power) > MOST_POWER) return [];
  const edge = (index: number) => power < 0 ? index * times / 10 ** -power : index * times * 10 ** power;
  let first = Math.floor(min / edge(1)), last = Math.floor(max / edge(1)) + 1;
  if (!Number.isSafeInteger(2 * first * times) || !Number.isSafeInteger(2 * last * times)) return [];
  while (edge(first) > min) first--;
  while (edge(last) <= max) last++;
  return Array.from({ length: last - first + 1 }, (_, index) => edge(first + index));
}

/** Of ten, up to which a number holds it exactly. */
const MOST_POWER = 22;
