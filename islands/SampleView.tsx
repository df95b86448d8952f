import { useMemo } from "preact/hooks";
import type { ElementState } from "../lib/elements/element.ts";
import { PageStore } from "../lib/elements/view/page_store.ts";
import { childrenOf, ROOT } from "../lib/elements/view/PageView.tsx";
import { storeControl } from "../lib/elements/view/store_control.tsx";
import { VIEWS } from "../lib/elements/view/views.ts";

interface SampleViewProps {
  readonly elements: Readonly<Record<string, ElementState>>;
}

/** The elements by which a task shows a sample. They only show, so nothing goes to the server. */
export default function SampleView({ elements }: SampleViewProps) {
  const store = useMemo(() => new PageStore({ session: "", restored: false, elements, actions: {} }), []);
  const page = storeControl(store, VIEWS);
  return (
    <div class="flex min-w-0 flex-col gap-4">
      {childrenOf(store.element(ROOT)?.children).map((child) => page.draw(child))}
    </div>
  );
}
