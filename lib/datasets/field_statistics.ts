/** What is said of the values of each field of a split. */

export interface FieldStatistics {
  readonly field: string;
  /** Rows that have a value there. */
  readonly present: number;
  /** Different values; absent when they were too many to keep count of. */
  readonly distinct?: number;
  /** The most frequent values, most frequent first; empty where every value is another one. */
  readonly top: readonly { readonly text: string; readonly count: number }[];
  /** Of all values but empty ones; present where these are numbers, and there are some. */
  readonly numbers?: NumberStatistics;
  /** Characters (UTF-16 units) of a value. */
  readonly length: { readonly min: number; readonly max: number; readonly mean: number };
}

export interface NumberStatistics {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** In equal ranges between round numbers; empty where the values lie too close or too far apart for that. */
  readonly bins: readonly Bin[];
}

/** How many values lie in a range that holds its lower end and not its upper. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface Statistics {
  readonly fields: readonly FieldStatistics[];
  /** Rows that were looked at and could be read. */
  readonly rows: number;
  /** Whether every row was looked at; else so many at even distances. */
  readonly isWhole: boolean;
}
