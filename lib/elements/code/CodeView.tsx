import { visibleLines } from "../../lm/visible_text.ts";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { STRINGS } from "../../ui/strings.ts";
import type { ViewProps } from "../view/element_view.ts";
import type { CodeState } from "./code.ts";

/** Long lines scroll inside the box. */
export function CodeView({ state: { text, language } }: ViewProps<CodeState>) {
  return (
    <div class="min-w-0 rounded-md border border-line bg-panel">
      <div class="flex items-center justify-between gap-2 border-b border-line py-1 pl-3 pr-1">
        <span class="min-w-0 break-words font-mono text-12 text-soft">{visibleLines(language)}</span>
        <CopyButton text={text} />
      </div>
      <pre
        tabIndex={0}
        role="region"
        aria-label={language === "" ? STRINGS.code : visibleLines(`${STRINGS.code}, ${language}`)}
        class="max-h-[480px] overflow-auto p-3 [tab-size:4]"
      >
        <code class="font-mono text-13">{visibleLines(text)}</code>
      </pre>
    </div>
  );
}
