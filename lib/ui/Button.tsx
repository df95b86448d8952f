import type { ComponentChildren, JSX } from "preact";
import { cx } from "./cx.ts";

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly primary?: boolean;
  readonly disabled?: boolean;
  readonly label?: string;
  readonly pressed?: boolean;
  readonly submit?: boolean;
  readonly keys?: string;
  readonly onClick?: (event: JSX.TargetedMouseEvent<HTMLButtonElement>) => void;
}

/** A button; `keys` names its shortcut beside the text. */
export function Button(
  { children, primary = false, disabled = false, label, pressed, submit, keys, onClick }: ButtonProps,
) {
  return (
    <button
      type={submit === true ? "submit" : "button"}
      disabled={disabled}
      aria-label={label}
      aria-pressed={pressed}
      onClick={onClick}
      class={cx(
        "inline-flex min-h-[32px] items-center gap-1.5 rounded-md border px-2.5 py-1 disabled:opacity-50",
        primary ? "border-accent bg-accent font-semibold text-onaccent" : "border-line bg-panel hover:bg-sunk",
        pressed === true && "bg-sunk font-semibold",
      )}
    >
      {children}
      {keys !== undefined && <kbd class="hidden font-mono text-11 opacity-75 mid:inline">{keys}</kbd>}
    </button>
  );
}
