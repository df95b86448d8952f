import { useState } from "preact/hooks";
import type { Step } from "../../lm/event.ts";
import type { NextToken } from "../../lm/next.ts";
import { Button } from "../Button.tsx";
import { ContrastPanel } from "./ContrastPanel.tsx";
import { CumulativeCurve } from "./CumulativeCurve.tsx";
import { entropyText, EvidenceBadge } from "../token/EvidenceBadge.tsx";
import { changedParams } from "../address/generation_screen.ts";
import { HiddenPlace } from "../token/HiddenPlace.tsx";
import { nextHref, PLACE_FORM, WITHOUT } from "../address/next_token_screen.ts";
import { NEXT_TOKEN_STRINGS as TEXT } from "./next_token_strings.ts";
import type { NextTokenViewProps } from "./next_token_props.ts";
import { fixed } from "../measure_text.ts";
import { count, MISSING, probability } from "../number_format.ts";
import { oneIn } from "../token/odds_text.ts";
import { ParamsForm } from "../params/ParamsForm.tsx";
import { PathTree } from "../token/PathTree.tsx";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { RUN_STRINGS } from "../run_strings.ts";
import { displayToken } from "../token/token_display.ts";
import { passedOver } from "../inspector/passed_over.ts";
import { Waterfall } from "../inspector/Waterfall.tsx";

type NextTokenAsideProps = NextTokenViewProps & { readonly next: NextToken };

/** Beside the candidates: how unsure the model is, the params, own text, and what was tried. */
export function NextTokenAside(props: NextTokenAsideProps) {
  const { step, target } = props.next;
  return (
    <div class="flex flex-col gap-5">
      {props.contrast !== undefined && (
        <ContrastPanel
          contrast={props.contrast}
          isOwnPrompt={props.screen.ownPrompt !== undefined}
          onClose={props.onCloseContrast}
        />
      )}
      <dl class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-13 text-soft">
        <dt title={GENERATION_STRINGS.entropyExplained}>{TEXT.entropy}</dt>
        <dd class="break-anywhere text-right font-mono text-ink tabular-nums">
          {step.entropyNats === undefined ? MISSING : entropyText(step.entropyNats, step.evidence)}
        </dd>
        <dt>{TEXT.draws}</dt>
        <dd class="break-anywhere text-right font-mono text-ink tabular-nums">{displayToken(step.token).text}</dd>
        <dt title={GENERATION_STRINGS.luckExplained}>{TEXT.luck}</dt>
        <dd class="break-anywhere text-right font-mono text-ink tabular-nums">
          {luck(step)}
          <span class="block text-12 text-soft">{passedOver(step)}</span>
        </dd>
        <dt title={TEXT.effectiveExplained}>{TEXT.effective}</dt>
        <dd class="break-anywhere text-right font-mono text-ink tabular-nums">{effective(step)}</dd>
        {props.screen.target !== undefined && (
          <>
            <dt>{TEXT.targetToken}</dt>
            <dd class="break-anywhere text-right font-mono text-ink tabular-nums">
              {target === undefined ? "–" : `${displayToken(target.token).text} `}
              {target !== undefined && (
                <span class="block text-12 text-soft">
                  {TEXT.targetPlace(count(target.rank), probability(target.logprob))}
                </span>
              )}
            </dd>
          </>
        )}
      </dl>
      {step.evidence !== undefined && <EvidenceBadge evidence={step.evidence} />}
      <CumulativeCurve candidates={props.candidates} topP={props.params.topP} />
      <Params {...props} />
      <Waterfall
        step={step}
        caption={GENERATION_STRINGS.processors}
        order={props.params.order}
        onOrder={(order) => props.onParams({ ...props.params, order })}
      />
      <AppendForm {...props} />
      <TriedPaths {...props} />
      <p class="hidden text-12 text-soft mid:block">{TEXT.keys}</p>
    </div>
  );
}

/** How likely the draw was that these params and this seed make. */
function luck({ draw }: Step): string {
  switch (draw.kind) {
    case "gumbel":
      return oneIn(draw.finalLogprob);
    case "remote":
      return RUN_STRINGS.drawnRemotely;
    default:
      return TEXT.greedyDraw;
  }
}

/** As many equally probable tokens would be as uncertain. */
function effective({ entropyNats, evidence }: Step): string {
  const bounds = evidence?.entropyNats;
  if (bounds === undefined) return entropyNats === undefined ? MISSING : fixed(Math.exp(entropyNats), 1);
  const low = fixed(Math.exp(bounds.low), 1);
  return bounds.high === undefined ? `≥ ${low}` : `${low}–${fixed(Math.exp(bounds.high), 1)}`;
}

function Params({ screen, params, problem, candidates, onParams }: NextTokenAsideProps) {
  const changed = changedParams(params, screen.defaults).length;
  const refused = problem?.field?.startsWith("params.") === true ? problem : undefined;
  return (
    <section aria-label={GENERATION_STRINGS.sampling} class="-mx-4 border-y border-line px-1 py-2">
      <header class="flex items-center gap-2 px-3 text-12 text-soft">
        <h3 class="font-semibold text-ink">{GENERATION_STRINGS.sampling}</h3>
        <span class="mr-auto">{GENERATION_STRINGS.changed(changed)}</span>
        <Button disabled={changed === 0} onClick={() => onParams(screen.defaults)}>{GENERATION_STRINGS.reset}</Button>
      </header>
      <ParamsForm
        params={params}
        defaults={screen.defaults}
        without={WITHOUT}
        form={PLACE_FORM}
        tokenText={(id) => {
          const token = candidates.find((candidate) => candidate.token.id === id)?.token;
          return token && displayToken(token).text;
        }}
        refused={refused?.field === undefined ? undefined : { field: refused.field, reason: refused.detail }}
        onChange={onParams}
      />
    </section>
  );
}

function AppendForm({ screen, params, path, isReady, onAppend }: NextTokenAsideProps) {
  const [text, setText] = useState("");
  // Subtle: the text stays until it is appended, as the model may not be there; and what was typed meanwhile is another.
  async function append(): Promise<void> {
    if (await onAppend(text)) setText((now) => now === text ? "" : now);
  }
  return (
    <form
      method="get"
      action={`/${screen.module}/${screen.component}`}
      class="flex flex-col gap-1"
      onSubmit={(event) => {
        event.preventDefault();
        if (text !== "") void append();
      }}
    >
      <label for="append" class="text-12 text-soft">{TEXT.append}</label>
      <HiddenPlace href={nextHref({ ...screen, params }, path)} />
      <div class="flex gap-2">
        <input
          id="append"
          name="append"
          value={text}
          autocomplete="off"
          spellcheck={false}
          title={TEXT.appendHint}
          onInput={(event) => setText(event.currentTarget.value)}
          class="min-h-[32px] min-w-0 flex-1 rounded-md border border-line bg-panel px-2 py-1 font-mono text-13"
        />
        <Button submit disabled={isReady && text === ""}>{TEXT.add}</Button>
      </div>
    </form>
  );
}

function TriedPaths({ tried, screen, params, path, onGo }: NextTokenAsideProps) {
  if (tried.length === 0) return null;
  return (
    <section>
      <h3 class="pb-1 text-12 text-soft">{TEXT.tried}</h3>
      <PathTree
        roots={tried}
        label={TEXT.tried}
        current={path}
        hrefOf={(to) => nextHref({ ...screen, params }, to)}
        onGo={onGo}
      />
    </section>
  );
}
