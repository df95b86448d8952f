/** The row whose links are shown: the one under the mouse, else the one that has the focus. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";

export type RowHandlers = Pick<
  JSX.HTMLAttributes<HTMLTableElement>,
  "onPointerOver" | "onPointerLeave" | "onFocusIn" | "onFocusOut" | "onClick" | "onKeyDown"
>;

interface ActiveRow {
  /** Id of a row where links start. */
  readonly active: number | undefined;
  readonly handlers: RowHandlers;
}

/** Rows that a key moves the focus by; by none, it leaves them. */
const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, Escape: 0 };

/** @param linked ids of the rows where links start */
export function useActiveRow(linked: ReadonlySet<number>): ActiveRow {
  const [hovered, setHovered] = useState<number | undefined>(undefined);
  const [focused, setFocused] = useState<number | undefined>(undefined);
  const starts = (row: number | undefined) => row !== undefined && linked.has(row) ? row : undefined;
  return {
    active: starts(hovered) ?? starts(focused),
    handlers: {
      // A finger's tap focuses; hovering would stay behind it.
      onPointerOver: (event) => setHovered(event.pointerType === "touch" ? undefined : rowId(rowOf(event))),
      onPointerLeave: () => setHovered(undefined),
      onFocusIn: (event) => setFocused(rowId(rowOf(event))),
      onFocusOut: () => setFocused(undefined),
      onClick: (event) => {
        const row = rowOf(event);
        const inner = event.target instanceof Element && event.target.closest("a,button,input,select,textarea,summary");
        // Subtle: not every browser focuses a row that is tapped.
        if (row?.hasAttribute("tabindex") && !(inner && row.contains(inner))) row.focus({ preventScroll: true });
      },
      onKeyDown: (event) => {
        const row = rowOf(event);
        if (row === undefined || event.target !== row) return;
        const step = STEPS[event.key];
        if (step === undefined) return;
        // Subtle: a screen around it would end its run by an Escape that is not used here.
        event.preventDefault();
        if (step === 0) return row.blur();
        const rows = [...event.currentTarget.querySelectorAll<HTMLElement>(":scope > tbody > tr[tabindex]")];
        rows[rows.indexOf(row) + step]?.focus();
      },
    },
  };
}

/** The row of this table, and not of one inside its cells. */
function rowOf({ target, currentTarget }: Event): HTMLElement | undefined {
  if (!(target instanceof Element) || !(currentTarget instanceof Element)) return undefined;
  for (let at: Element | null = target; at !== null && at !== currentTarget; at = at.parentElement) {
    if (at.parentElement?.parentElement === currentTarget && at instanceof HTMLElement) return at;
  }
  return undefined;
}

function rowId(row: HTMLElement | undefined): number | undefined {
  const id = row?.dataset.row;
  return id === undefined ? undefined : Number(id);
}
