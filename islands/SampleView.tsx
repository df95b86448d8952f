import { useMemo } from "preact/hooks";
import type { ElementState } from "../lib/elements/element.ts";
import type { PageControl } from "../lib/elements/view/element_view.ts";
import { PageElement } from "../lib/elements/view/PageElement.tsx";
import { childrenOf, ROOT } from "../lib/elements/view/PageView.tsx";
import { PageStore } from "../lib/elements/view/page_store.ts";

interface SampleViewProps {
  readonly elements: Readonly<Record<string, ElementState>>;
}

/** The elements by which a task shows a sample. They only show, so nothing goes to the server. */
export default function SampleView({ elements }: SampleViewProps) {
  const store = useMemo(() => new PageStore({ session: "", restored: false, elements, actions: {} }), []);
  const page: PageControl = {
    isReady: true,
    nowMs: 0,
    element: (name) => store.element(name),
    value: (name) => store.value(name),
    edit: (name, value) => store.edit(name, value),
    action: () => undefined,
    refused: () => undefined,
    draw: (target) => <PageElement key={target.element} target={target} page={page} />,
    act: () => {},
    cancel: () => {},
  };
  return (
    <div class="flex min-w-0 flex-col gap-4">
      {childrenOf(store.element(ROOT)?.children).map((child) => page.draw(child))}
    </div>
  );
}
