import { STRINGS } from "../../ui/strings.ts";
import type { ElementRef } from "../element.ts";
import type { PageControl } from "./element_view.ts";

interface PageViewProps {
  readonly title: string;
  readonly page: PageControl;
  /** What the person should know about the connection. */
  readonly notice: string | undefined;
}

/** Name of the element that holds all others; see `page.ts`. */
export const ROOT = "page";

export function PageView({ title, page, notice }: PageViewProps) {
  return (
    <main
      id="main"
      data-ready={page.isReady}
      class="flex min-w-0 max-w-[1200px] flex-col gap-4 p-3 pb-8 mid:px-5 mid:py-4"
    >
      <h1 class="text-18 font-semibold tracking-tight">{title}</h1>
      {notice !== undefined && <p role="status" class="border-l-2 border-warn bg-sunk px-3 py-2">{notice}</p>}
      <noscript>
        <p class="text-soft">{STRINGS.elementsNeedScript}</p>
      </noscript>
      {childrenOf(page.element(ROOT)?.children).map((child) => page.draw(child))}
    </main>
  );
}

export function childrenOf(children: unknown): readonly ElementRef[] {
  return Array.isArray(children) ? children : [];
}
