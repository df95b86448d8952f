import type { ComponentChildren } from "preact";
import { opensBeside } from "./page_key.ts";

/** A link that looks like a button; without `href` it is shown as unavailable. */
export function LinkButton(
  props: {
    readonly href: string | undefined;
    readonly label?: string;
    readonly step?: string;
    /** In place of leaving the page. */
    readonly onClick?: () => void;
    readonly children: ComponentChildren;
  },
) {
  if (props.href === undefined) {
    return (
      <span
        role="link"
        aria-disabled="true"
        aria-label={props.label}
        class="inline-flex min-h-[32px] items-center rounded-md border border-line px-2.5 py-1 opacity-50"
      >
        {props.children}
      </span>
    );
  }
  return (
    <a
      href={props.href}
      aria-label={props.label}
      data-step={props.step}
      onClick={(event) => {
        if (props.onClick === undefined || opensBeside(event)) return;
        event.preventDefault();
        props.onClick();
      }}
      class="inline-flex min-h-[32px] items-center rounded-md border border-line bg-panel px-2.5 py-1 hover:bg-sunk"
    >
      {props.children}
    </a>
  );
}
