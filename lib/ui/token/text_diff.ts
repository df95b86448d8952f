/** What one text, or one row of tokens, has that another one has not. */
import { diffArrays, diffWordsWithSpace } from "diff";

/** Most changes that are sought: of texts so unlike, more would take longer than anybody waits, and tell nothing. */
export const MOST_CHANGES = 1_000;

/** A piece that both have, or that one of them alone has. */
export interface DiffPart<Value> {
  readonly value: Value;
  readonly added: boolean;
  readonly removed: boolean;
}

/** Word by word; of texts that are too unlike, what follows their common beginning is wholly lost and wholly gained. */
export function wordDiff(before: string, after: string): readonly DiffPart<string>[] {
  const found = diffWordsWithSpace(before, after, { maxEditLength: MOST_CHANGES });
  if (found !== undefined) return found;
  const [words, others] = [before.split(/(?<=\s)/), after.split(/(?<=\s)/)];
  const start = words.slice(0, commonStart(words, others)).join("").length;
  return replaced(before.slice(0, start), before.slice(start), after.slice(start));
}

export interface TokenDiff<Shown> {
  readonly parts: readonly DiffPart<readonly Shown[]>[];
  /** How many tokens both have; undefined where they are too unlike to be compared after their common beginning. */
  readonly common: number | undefined;
}

/** Token by token. */
export function tokenDiff<Shown extends { readonly id: number }>(
  before: readonly Shown[],
  after: readonly Shown[],
): TokenDiff<Shown> {
  const comparator = (one: Shown, other: Shown) => one.id === other.id;
  const parts = diffArrays([...before], [...after], { comparator, maxEditLength: MOST_CHANGES });
  if (parts === undefined) {
    const start = commonStart(before.map(({ id }) => id), after.map(({ id }) => id));
    return { parts: replaced(before.slice(0, start), before.slice(start), after.slice(start)), common: undefined };
  }
  const both = parts.filter(({ added, removed }) => !added && !removed);
  return { parts, common: both.reduce((sum, { count }) => sum + count, 0) };
}

/** How many items both begin with. */
function commonStart(before: readonly unknown[], after: readonly unknown[]): number {
  const part = before.findIndex((item, index) => item !== after[index]);
  return part < 0 ? before.length : part;
}

function replaced<Value extends { readonly length: number }>(same: Value, lost: Value, gained: Value) {
  return [
    { value: same, added: false, removed: false },
    { value: lost, added: false, removed: true },
    { value: gained, added: true, removed: false },
  ].filter(({ value }) => value.length > 0);
}
