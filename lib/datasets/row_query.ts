/** What is asked of the rows of a split, and what is found: the words that all readers and engines share. */
import type { Condition } from "./condition.ts";

export interface RowQuery {
  /** Looked for in the text of every field, whatever its case, or as a pattern `/…/`; "" matches every row. */
  readonly search?: string;
  readonly sort?: RowSort | undefined;
  /** All of them must be met. */
  readonly filter?: readonly FieldFilter[];
  /** Matches to leave out, and to give. */
  readonly offset: number;
  readonly limit: number;
  readonly signal?: AbortSignal;
}

/** Numbers come before texts, and what is empty or absent comes last in both directions; equals stay in the order of the rows. */
export interface RowSort {
  readonly field: string;
  readonly descending: boolean;
}

export interface FieldFilter {
  readonly field: string;
  readonly condition: Condition;
}

/** A row of the answer, or why it could not be read. */
export type FoundRow =
  /** `index` is its number in the split. */
  | { readonly index: number; readonly row: unknown }
  | { readonly index: number; readonly fault: string };

export interface FoundIndices {
  readonly indices: readonly number[];
  /** Rows that match, on all pages. */
  readonly total: number;
}
