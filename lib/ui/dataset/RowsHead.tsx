import { cx } from "../cx.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import { FORM } from "./RowsSearch.tsx";

interface SortHeadProps {
  readonly name: string;
  /** What the column says, on hover. */
  readonly explained?: string;
  /** 1 where the rows ascend by it, −1 where they descend, 0 where they do neither. */
  readonly sort: 1 | -1 | 0;
  /** To the next order: ascending, then descending, then none. */
  readonly href: string;
  /** Whether its cells are narrow numbers. */
  readonly isNumeric?: boolean;
}

/** The head of a column, which sorts by it. */
export function SortHead({ name, explained, sort, href, isNumeric = false }: SortHeadProps) {
  const next = sort === 0 ? TEXT.ascending : sort === 1 ? TEXT.descending : TEXT.unsorted;
  const title = TEXT.sortBy(name, next);
  return (
    <th
      scope="col"
      aria-sort={sort === 1 ? "ascending" : sort === -1 ? "descending" : "none"}
      class={cx("px-2 pt-1.5 font-semibold", isNumeric ? "w-px whitespace-nowrap text-right" : "text-left")}
    >
      <a
        href={href}
        title={explained === undefined ? title : `${explained}. ${title}`}
        class={cx("rounded-sm hover:text-ink", sort !== 0 && "text-accent")}
      >
        {name} <span aria-hidden="true">{sort === 1 ? "↑" : sort === -1 ? "↓" : "↕"}</span>
      </a>
    </th>
  );
}

interface FilterFieldProps {
  /** In the address. */
  readonly name: string;
  readonly value: string;
  /** Of its column. */
  readonly label: string;
  readonly isNumeric?: boolean;
}

/** The condition of a column, a field of the form of the search. */
export function FilterField({ name, value, label, isNumeric = false }: FilterFieldProps) {
  return (
    <input
      type="text"
      form={FORM}
      name={name}
      value={value}
      aria-label={TEXT.filterLabel(label)}
      placeholder={isNumeric ? TEXT.scoreHint : TEXT.filterHint}
      title={isNumeric ? TEXT.scoreFilterExplained : TEXT.filterExplained}
      class={cx(
        "w-full rounded-md border border-line bg-panel px-1.5 py-0.5 text-12 text-ink",
        isNumeric ? "min-w-[60px]" : "min-w-[120px]",
      )}
    />
  );
}
