import type { ElementView, PageControl } from "./element_view.ts";
import { PageElement } from "./PageElement.tsx";
import type { PageStore } from "./page_store.ts";

/** A page whose elements stand in another screen: they show and take values, and nothing of theirs is clicked. */
export function storeControl(
  store: PageStore,
  views: Readonly<Record<string, ElementView>>,
  edit: PageControl["edit"] = (name, value) => store.edit(name, value),
): PageControl {
  const page: PageControl = {
    isReady: true,
    nowMs: 0,
    element: (name) => store.element(name),
    value: (name) => store.value(name),
    edit,
    action: () => undefined,
    refused: () => undefined,
    draw: (target) => <PageElement key={target.element} target={target} page={page} views={views} />,
    act: () => {},
    cancel: () => {},
  };
  return page;
}
