import { useState } from "preact/hooks";
import type { GenerationViewProps } from "./generation_props.ts";
import { KEPT_STRINGS as TEXT } from "./kept_strings.ts";
import { plural } from "./number_format.ts";
import { ProblemCard } from "./ProblemCard.tsx";
import { TextButton } from "./TextButton.tsx";
import { Button } from "./Button.tsx";

/** Below the completions: that they are kept, and how to take them along, bring them back, or be rid of them. */
export function KeptRunsBar({ runs, kept, isReady }: GenerationViewProps) {
  const [isSure, setSure] = useState(false);
  const made = runs.filter(({ completions }) => completions.length > 0).length;
  const all = plural(made, "run", "runs");
  if (!isReady) return null;
  return (
    <div class="border-t border-line">
      {kept.problem !== undefined && (
        <ProblemCard problem={kept.problem}>
          {kept.unread !== undefined && <Button onClick={kept.saveUnread}>{TEXT.save}</Button>}
          {kept.others > 0 && (
            <Button onClick={kept.clearOthers}>
              {TEXT.others(plural(kept.others, "other sample", "other samples"))}
            </Button>
          )}
        </ProblemCard>
      )}
      <p class="flex flex-wrap items-center gap-x-2 px-3 py-1.5 text-12 text-soft">
        {made > 0 && <span class="mr-auto">{all} {TEXT.kept}</span>}
        {made > 0 && <TextButton onClick={kept.exportRuns}>{TEXT.exportRuns}</TextButton>}
        <label class="cursor-pointer rounded-sm px-1 text-12 text-accent underline focus-within:outline focus-within:outline-2 focus-within:outline-accent">
          {TEXT.importRuns}
          <input
            type="file"
            accept="application/json"
            class="sr-only"
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              if (file !== undefined) kept.importRuns(file);
              event.currentTarget.value = "";
            }}
          />
        </label>
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
