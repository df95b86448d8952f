import { visibleText } from "../../lm/visible_text.ts";
import { Button } from "../Button.tsx";
import type { Contrast } from "./contrast.ts";
import { PROMPT_STRINGS } from "../token/prompt_strings.ts";
import { NEXT_TOKEN_STRINGS as TEXT } from "./next_token_strings.ts";
import { signedBits } from "../token/odds_text.ts";
import { STRINGS } from "../strings.ts";
import { displayToken, tokenName } from "../token/token_display.ts";

interface ContrastPanelProps {
  readonly contrast: Contrast;
  readonly isOwnPrompt: boolean;
  readonly onClose: () => void;
}

/** What each field of the prompt adds to a candidate, or to one rather than another. */
export function ContrastPanel({ contrast, isOwnPrompt, onClose }: ContrastPanelProps) {
  const { one, other, nats, fields, isBusy } = contrast;
  const name = tokenName(displayToken(one)), otherName = other && tokenName(displayToken(other));
  const title = TEXT.why(name, otherName);
  return (
    <section aria-label={title} class="flex flex-col gap-2 border-b border-line pb-4">
      <header class="flex items-start gap-2">
        <h3 class="mr-auto min-w-0 break-words font-semibold">{title}</h3>
        <Button onClick={onClose}>{STRINGS.close}</Button>
      </header>
      {nats !== undefined && (
        <dl class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-13 text-soft">
          <dt>{other === undefined ? TEXT.whyLogprob : TEXT.whyOdds}</dt>
          <dd class="break-anywhere text-right font-mono text-ink tabular-nums">{`${signedBits(nats)} bits`}</dd>
          {fields.map((share) => (
            <>
              <dt key={share.field} class="break-anywhere">{TEXT.whyField(visibleText(share.field))}</dt>
              {"reason" in share
                ? <dd class="break-anywhere text-right text-12">{visibleText(share.reason)}</dd>
                : (
                  <dd class="break-anywhere text-right font-mono text-ink tabular-nums">
                    {`${signedBits(share.addsNats)} bits`}
                  </dd>
                )}
            </>
          ))}
        </dl>
      )}
      <p role="status" class="text-12 text-soft">
        {nats === undefined
          ? (isBusy ? TEXT.whyAsking : TEXT.whyUntold(name, otherName))
          : isBusy
          ? TEXT.whyBusy
          : fields.length === 0
          ? (isOwnPrompt ? PROMPT_STRINGS.own.noFields : TEXT.whyNoFields)
          : TEXT.whyExplained}
      </p>
    </section>
  );
}

interface ContrastChoiceProps {
  readonly marked: number;
  readonly onAsk: () => void;
}

/** Above the candidates while a click marks them: what to do, and what asks the model. */
export function ContrastChoice({ marked, onAsk }: ContrastChoiceProps) {
  return (
    <div class="touch sticky top-0 z-10 flex items-center gap-3 border-b border-line bg-sunk px-3 py-2">
      <p class="mr-auto text-12 text-soft" role="status">{TEXT.whyChoose(marked)}</p>
      <Button primary disabled={marked === 0} onClick={onAsk} keys="w">{TEXT.whyAsk}</Button>
    </div>
  );
}
