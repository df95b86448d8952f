import { useState } from "preact/hooks";
import { FilePicker } from "../FilePicker.tsx";
import type { GenerationViewProps } from "./generation_props.ts";
import { KEPT_STRINGS as TEXT } from "./kept_strings.ts";
import { plural } from "../number_format.ts";
import { ProblemCard } from "../ProblemCard.tsx";
import { TextButton } from "../TextButton.tsx";
import { Button } from "../Button.tsx";

/** Below the completions: that they are kept, and how to take them along, bring them back, or be rid of them. */
export function KeptRunsBar({ runs, kept, isReady }: GenerationViewProps) {
  const [isSure, setSure] = useState(false);
  const made = runs.filter(({ completions }) => completions.some(({ steps }) => steps.length > 0)).length;
  const all = plural(made, "run", "runs");
  if (!isReady) return null;
  return (
    <div class="border-t border-line">
      {kept.problem !== undefined && (
        <ProblemCard problem={kept.problem}>
          {kept.unread !== undefined && <Button onClick={kept.saveUnread}>{TEXT.save}</Button>}
          {kept.others > 0 && (
            <Button onClick={kept.clearOthers}>
              {TEXT.others(plural(kept.others, "other prompt", "other prompts"))}
            </Button>
          )}
        </ProblemCard>
      )}
      <p class="flex flex-wrap items-center gap-x-4 px-3 py-1.5 text-12 text-soft">
        {made > 0 && <span class="mr-auto">{all} {TEXT.kept}</span>}
        {made > 0 && <TextButton onClick={kept.exportRuns}>{TEXT.exportRuns}</TextButton>}
        <FilePicker isText onFile={kept.importRuns}>{TEXT.importRuns}</FilePicker>
        {made > 0 && !isSure && (
          <TextButton label={TEXT.clearAll(all)} onClick={() => setSure(true)}>{TEXT.clear}</TextButton>
        )}
        {made > 0 && isSure && (
          <>
            <TextButton
              onClick={() => {
                setSure(false);
                kept.clear();
              }}
            >
              {TEXT.clearSure(all)}
            </TextButton>
            <TextButton onClick={() => setSure(false)}>{TEXT.keep}</TextButton>
          </>
        )}
      </p>
    </div>
  );
}
