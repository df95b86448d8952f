import { cx } from "../../ui/cx.ts";
import type { ViewProps } from "../view/element_view.ts";
import type { HeadingState } from "./heading.ts";
import { visibleLines } from "../../lm/visible_text.ts";

export function HeadingView({ state: { text, level } }: ViewProps<HeadingState>) {
  const Tag = `h${level}` as const;
  return (
    <Tag
      class={cx(
        "min-w-0 break-words whitespace-pre-wrap font-semibold tracking-tight",
        level === 1 && "text-20",
        level === 2 && "text-18",
        level === 3 && "text-14",
        level > 3 && "text-13",
      )}
    >
      {visibleLines(text)}
    </Tag>
  );
}
