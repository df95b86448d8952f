import type { ComponentChildren } from "preact";

interface PanelProps {
  readonly title: string;
  /** One quiet line beside the title. */
  readonly facts?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A named part of a screen: header with facts and actions, and a body. */
export function Panel(props: PanelProps) {
  return (
    <section class="min-w-0 rounded-lg border border-line bg-panel" aria-label={props.title}>
      <header class="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        <h2 class="font-semibold">{props.title}</h2>
        <span class="text-12 text-soft">{props.facts}</span>
        <div class="ml-auto flex flex-wrap items-center justify-end gap-2">{props.actions}</div>
      </header>
      {props.children}
    </section>
  );
}
