import type { ViewProps } from "../view/element_view.ts";
import type { ImageState } from "./image.ts";
import { visibleLines } from "../../lm/visible_text.ts";

/** Never wider than its place. */
export function ImageView({ state: { source, alt, width, height } }: ViewProps<ImageState>) {
  return (
    <img
      src={source}
      alt={visibleLines(alt)}
      width={width ?? undefined}
      height={height ?? undefined}
      class="block h-auto max-w-full rounded-md"
    />
  );
}
