import type { ViewProps } from "../view/element_view.ts";
import type { ColumnsState } from "./columns.ts";

export function ColumnsView({ state: { children }, page }: ViewProps<ColumnsState>) {
  return (
    <div class="grid min-w-0 grid-cols-columns items-start gap-4">
      {children.map((child) => page.draw(child))}
    </div>
  );
}
