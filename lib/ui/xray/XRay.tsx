import { firstDeparture } from "../../lm/score.ts";
import type { Scored } from "../../lm/wire.ts";
import { rankText } from "../token/EvidenceBadge.tsx";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { bits, probability } from "../number_format.ts";
import { signedBits } from "../token/odds_text.ts";
import { displayToken } from "../token/token_display.ts";

/** What the target says of the model: how much it surprised, what the fields contributed, where it would go wrong. */
export function XRay({ scored: { tokens, nullLogprobs } }: { readonly scored: Scored }) {
  const nll = tokens.reduce((sum, { logprob }) => sum - logprob, 0);
  const bytes = tokens.reduce((sum, { token }) => sum + token.bytes.length, 0);
  const blank = nullLogprobs?.reduce((sum, logprob) => sum - logprob, 0);
  const departure = firstDeparture(tokens) ?? -1;
  const departed = tokens[departure];
  const wanted = departed?.top.find(({ rank }) => rank === 1);
  const { xray } = GENERATION_STRINGS;
  return (
    <>
      <dl class="flex flex-wrap gap-x-4 gap-y-1 border-t border-line px-3 py-2 text-12 text-soft">
        <Measure name={xray.nll} value={`${bits(nll)} bits`} />
        {bytes > 0 && <Measure name={xray.perByte} value={bits(nll / bytes)} />}
        {blank !== undefined && (
          <Measure
            name={xray.source}
            value={`${signedBits(blank - nll)} bits`}
            title={GENERATION_STRINGS.pmiExplained}
          />
        )}
        <Measure
          name={xray.repairs}
          value={String(tokens.filter(({ rank }) => rank > 1).length)}
          title={xray.repairsExplained}
        />
      </dl>
      {wanted !== undefined && departed !== undefined && (
        <p class="px-3 pb-2 text-12 text-soft">
          {[
            GENERATION_STRINGS.departure(departure + 1),
            xray.wanted(displayToken(wanted.token).text, probability(wanted.logprob)),
            xray.instead(
              displayToken(departed.token).text,
              rankText(departed.rank, departed.evidence),
              probability(departed.logprob),
            ),
          ].join(" · ")}
        </p>
      )}
    </>
  );
}

function Measure(props: { readonly name: string; readonly value: string; readonly title?: string }) {
  return (
    <div class="inline-flex gap-1.5" title={props.title}>
      <dt>{props.name}</dt>
      <dd class="font-mono text-ink tabular-nums">{props.value}</dd>
    </div>
  );
}
