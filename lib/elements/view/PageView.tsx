import type { ElementRef } from "../element.ts";
import type { PageControl } from "./element_view.ts";

interface PageViewProps {
  readonly page: PageControl;
  /** What the person should know about the connection. */
  readonly notice: string | undefined;
}

/** Name of the element that holds all others; see `page.ts`. */
export const ROOT = "page";

export function PageView({ page, notice }: PageViewProps) {
  return (
    <div data-ready={page.isReady} class="flex min-w-0 flex-col gap-4">
      {notice !== undefined && <p role="status" class="border-l-2 border-warn bg-sunk px-3 py-2">{notice}</p>}
      {childrenOf(page.element(ROOT)?.children).map((child) => page.draw(child))}
    </div>
  );
}

export function childrenOf(children: unknown): readonly ElementRef[] {
  return Array.isArray(children) ? children : [];
}
