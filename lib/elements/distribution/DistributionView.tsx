import { CandidateTable } from "../../ui/inspector/CandidateTable.tsx";
import { STRINGS } from "../../ui/strings.ts";
import type { ViewProps } from "../view/element_view.ts";
import type { DistributionState } from "./distribution.ts";
import { reviveCandidates, reviveLogprob } from "./kept_candidates.ts";

export function DistributionView({ state: { candidates, chosen, rest } }: ViewProps<DistributionState>) {
  if (candidates.length === 0) return <p class="text-soft">{STRINGS.noPieces}</p>;
  return (
    <div class="min-w-0 max-w-[520px]">
      <CandidateTable
        candidates={reviveCandidates(candidates)}
        chosen={chosen ?? undefined}
        rest={{
          count: rest.count,
          logprob: "logprob" in rest ? reviveLogprob(rest.logprob) : undefined,
          finalLogprob: "finalLogprob" in rest ? reviveLogprob(rest.finalLogprob) : undefined,
        }}
        hasFinal={candidates.some((candidate) => "finalLogprob" in candidate || "excludedBy" in candidate)}
        hasNoise={candidates.some((candidate) => "noise" in candidate)}
      />
    </div>
  );
}
