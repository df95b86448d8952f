import { useEffect, useState } from "preact/hooks";
import type { ViewProps } from "../view/element_view.ts";
import type { CollapsibleState } from "./collapsible.ts";
import { visibleLines } from "../../lm/visible_text.ts";

/** Opens without JavaScript too. It is as high as its content, whatever that grows to. */
export function CollapsibleView({ state: { title, open, version, children }, page }: ViewProps<CollapsibleState>) {
  const [isOpen, setOpen] = useState(open);
  // The person opens and closes it; code that does so later wins.
  useEffect(() => setOpen(open), [version]);
  return (
    <details
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      class="min-w-0 rounded-lg border border-line bg-panel"
    >
      <summary aria-expanded={isOpen} class="break-words px-3 py-2 font-semibold">{visibleLines(title)}</summary>
      <div class="flex min-w-0 flex-col gap-4 border-t border-line p-3">
        {children.map((child) => page.draw(child))}
      </div>
    </details>
  );
}
