import type { ElementRef } from "../element.ts";
import type { ElementView, PageControl } from "./element_view.ts";

interface PageElementProps {
  readonly target: ElementRef;
  readonly page: PageControl;
  /** By kind; a screen that draws some kinds only loads only their views. */
  readonly views: Readonly<Record<string, ElementView>>;
}

/** An element of the page by its name, drawn by the view of its kind. */
export function PageElement({ target, page, views }: PageElementProps) {
  const state = page.element(target.element);
  if (state === undefined || state.hidden) return null;
  const View = views[state.kind];
  if (View === undefined) return <p class="text-bad">{`There is no view for elements of kind "${state.kind}".`}</p>;
  return <View name={target.element} state={state} page={page} />;
}
