import { cx } from "./cx.ts";

/** A quiet button inside a line of text. */
export function TextButton(props: {
  readonly label?: string;
  readonly pressed?: boolean;
  readonly onClick: () => void;
  readonly children: string;
}) {
  return (
    <button
      type="button"
      aria-label={props.label}
      aria-pressed={props.pressed}
      onClick={props.onClick}
      class={cx(
        "-mx-1 rounded-sm px-1 font-sans text-12 text-accent underline",
        props.pressed === true && "bg-sunk font-semibold",
      )}
    >
      {props.children}
    </button>
  );
}
