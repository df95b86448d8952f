import type { ElementRef } from "../element.ts";
import type { PageControl } from "./element_view.ts";
import { VIEWS } from "./views.ts";

/** An element of the page by its name, drawn by the view of its kind. */
export function PageElement({ target, page }: { readonly target: ElementRef; readonly page: PageControl }) {
  const state = page.element(target.element);
  if (state === undefined || state.hidden) return null;
  const View = VIEWS[state.kind];
  if (View === undefined) return <p class="text-bad">{`There is no view for elements of kind "${state.kind}".`}</p>;
  return <View name={target.element} state={state} page={page} />;
}
