import type { LintFinding } from "../../lm/prompt_lint.ts";
import { visibleText } from "../../lm/visible_text.ts";
import { count } from "../number_format.ts";
import { PROMPT_STRINGS } from "./prompt_strings.ts";

const TEXT = PROMPT_STRINGS.lint;

/** What is likely wrong with a prompt, under it; nothing when nothing is. */
export function LintList({ findings }: { readonly findings: readonly LintFinding[] }) {
  if (findings.length === 0) return null;
  return (
    <ul aria-label={TEXT.name} class="flex flex-col gap-1 border-t border-line px-3 py-2 text-13">
      {findings.map((finding) => {
        const sentence = visibleText(sentenceOf(finding));
        return <li key={sentence} class="border-l-2 border-warn pl-2 text-warn">{sentence}</li>;
      })}
    </ul>
  );
}

function sentenceOf(finding: LintFinding): string {
  switch (finding.rule) {
    case "doubled_start":
      return TEXT.doubledStart(finding.token.text);
    case "trailing_space":
      return TEXT.trailingSpace;
    case "special_in_field":
      return (finding.parsed ? TEXT.specialParsed : TEXT.specialText)(finding.field, finding.text);
    case "over_window":
      return TEXT.overWindow(count(finding.tokens), count(finding.contextWindow));
  }
}
