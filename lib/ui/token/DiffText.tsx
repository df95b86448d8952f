import { useMemo } from "preact/hooks";
import { visibleLines } from "../../lm/visible_text.ts";
import { wordDiff } from "./text_diff.ts";

/** A text with what it lost against another one struck through, and what it gained marked. */
export function DiffText({ before, after }: { readonly before: string; readonly after: string }) {
  const parts = useMemo(() => wordDiff(before, after), [before, after]);
  return (
    <>
      {parts.map(({ value, added, removed }, index) => {
        const text = visibleLines(value);
        if (removed) return <del key={index} class="bg-badsunk text-bad">{text}</del>;
        return added ? <ins key={index} class="rounded-sm bg-field4">{text}</ins> : text;
      })}
    </>
  );
}
