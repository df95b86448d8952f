import type { ComponentChildren, JSX } from "preact";
import { cx } from "./cx.ts";

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly primary?: boolean;
  /** Without a border, for the many small actions that stand at each of many things. */
  readonly quiet?: boolean;
  readonly disabled?: boolean;
  readonly label?: string;
  readonly pressed?: boolean;
  readonly submit?: boolean;
  readonly keys?: string;
  readonly onClick?: (event: JSX.TargetedMouseEvent<HTMLButtonElement>) => void;
}

/** A button; `keys` names its shortcut beside the text. */
export function Button(
  { children, primary = false, quiet = false, disabled = false, label, pressed, submit, keys, onClick }: ButtonProps,
) {
  return (
    <button
      type={submit === true ? "submit" : "button"}
      disabled={disabled}
      aria-label={label}
      aria-pressed={pressed}
      onClick={onClick}
      class={cx(
        "inline-flex items-center gap-1.5 rounded-md border disabled:opacity-50",
        quiet ? QUIET : primary ? PRIMARY : PLAIN,
        pressed === true && (quiet ? "bg-line font-semibold text-ink" : "bg-sunk font-semibold"),
      )}
    >
      {children}
      {keys !== undefined && <kbd class="hidden font-mono text-11 opacity-75 mid:inline">{keys}</kbd>}
    </button>
  );
}

const PLAIN = cx("min-h-[32px] border-line bg-panel px-2.5 py-1 hover:bg-sunk");
const PRIMARY = cx("min-h-[32px] border-accent bg-accent px-2.5 py-1 font-semibold text-onaccent");
const QUIET = cx("min-h-[28px] border-transparent px-1.5 text-12 text-soft hover:bg-line hover:text-ink");
