import { useState } from "preact/hooks";
import type { Step } from "../../lm/event.ts";
import { survives, tokensBefore } from "../../lm/survival.ts";
import { Button } from "../Button.tsx";
import { changedFor, nextTurns, type Turn } from "./chat_state.ts";
import { CHAT_STRINGS as TEXT } from "./chat_strings.ts";
import type { ChatViewProps } from "./chat_props.ts";
import { contextUse } from "./context_use.ts";
import { ContextMeter } from "./ContextMeter.tsx";
import { changedParams } from "../address/generation_screen.ts";
import { CopyButton } from "../CopyButton.tsx";
import { Inspector } from "../inspector/Inspector.tsx";
import { ParamsForm } from "../params/ParamsForm.tsx";
import { plural } from "../number_format.ts";
import { FieldLegend, PromptText, PromptTokens } from "../token/PromptText.tsx";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { STRINGS } from "../strings.ts";

/** The selected token, or what the next answer begins with; the params, which act on either; the exact text. */
export function ChatAside(props: ChatViewProps) {
  const { chat, selection } = props;
  const turn = selection && chat.turns[selection.turn];
  const step = selection && turn?.steps[selection.position];
  return (
    <div class="flex flex-col gap-5">
      {step === undefined ? <AnswerStart {...props} /> : <SelectedToken {...props} turn={turn} step={step} />}
      <Sampling {...props} />
      {step === undefined && <SentText {...props} />}
    </div>
  );
}

function SelectedToken({ turn, step, selection, params, whatIf, on }: ChatViewProps & {
  readonly turn: Turn | undefined;
  readonly step: Step;
}) {
  const by = turn && changedFor(turn, params);
  const before = turn && tokensBefore(turn.steps, selection?.position ?? 0, turn.promptIds);
  return (
    <Inspector
      heading={STRINGS.tokenPosition(step.position + 1)}
      inspected={{ kind: "step", step, survival: by && survives(step, by, before), whatIf }}
      onTake={turn?.origin === undefined || turn.parent === undefined
        ? undefined
        : (token) => on.branch(turn, selection?.position ?? 0, token)}
      order={params.order}
      onOrder={(order) => on.params({ ...params, order })}
      onClose={() => on.select(undefined)}
    />
  );
}

/** What comes before the first token: the developer's controls, the system prompt, the begun answer. */
function AnswerStart({ screen, controls, system, prefill, on }: ChatViewProps) {
  return (
    <>
      {controls !== null && (
        <section aria-label={TEXT.controls} class="flex flex-col gap-2">
          <h2 class="font-semibold">{TEXT.controls}</h2>
          {controls}
        </section>
      )}
      {screen.system !== undefined && (
        <Field id="system" label={TEXT.system} value={system} rows={3} onText={on.system} />
      )}
      <Field id="prefill" label={TEXT.prefill} value={prefill} rows={1} onText={on.prefill} />
    </>
  );
}

function SentText(props: ChatViewProps) {
  const { chat, draft, prompt, params, on } = props;
  const [isByToken, setByToken] = useState(false);
  const use = contextUse(prompt, nextTurns(chat, draft));
  return (
    <>
      <section aria-label={TEXT.sent} class="flex min-w-0 flex-col gap-1">
        <h2 class="font-semibold">{TEXT.sent}</h2>
        <p class="text-12 text-soft">
          {prompt?.tokens === undefined
            ? TEXT.sentFacts
            : TEXT.sentTokens(plural(prompt.tokens.length, "token", "tokens"))}
        </p>
        {use !== undefined && <ContextMeter use={use} maxTokens={params.maxTokens} onWithout={on.without} />}
        {prompt !== undefined && use === undefined && <p class="text-12 text-soft">{TEXT.windowUnknown}</p>}
        {prompt === undefined ? <p class="text-soft">{whyNotShown(props)}</p> : (
          <>
            <div class="flex flex-wrap items-center justify-between gap-2">
              <FieldLegend prompt={prompt.prompt} />
              <span class="ml-auto inline-flex gap-2">
                {prompt.tokens !== undefined && (
                  <Button pressed={isByToken} onClick={() => setByToken(!isByToken)}>{TEXT.sentByToken}</Button>
                )}
                <CopyButton label={GENERATION_STRINGS.copyPrompt} text={prompt.prompt.text} />
              </span>
            </div>
            <div class="max-h-[40vh] overflow-y-auto rounded-md border border-line p-2">
              {isByToken && prompt.tokens !== undefined
                ? <PromptTokens prompt={prompt.prompt} tokens={prompt.tokens} />
                : <PromptText prompt={prompt.prompt} />}
            </div>
          </>
        )}
      </section>
      <p class="hidden text-12 text-soft mid:block">{TEXT.keys}</p>
    </>
  );
}

function whyNotShown({ draft, isUntold }: ChatViewProps): string {
  if (draft === "") return TEXT.sentNothing;
  return isUntold ? TEXT.sentUntold : TEXT.sentSoon;
}

function Sampling({ screen, params, failure, on }: ChatViewProps) {
  const changed = changedParams(params, screen.defaults).length;
  const problem = failure?.problem;
  const refused = problem?.field?.startsWith("params.") === true ? problem : undefined;
  return (
    <details class="-mx-4 border-y border-line px-1 py-2">
      <summary class="px-3">
        <b class="font-semibold">{GENERATION_STRINGS.sampling}</b>{" "}
        <span class="text-12 text-soft">{GENERATION_STRINGS.changed(changed)}</span>
      </summary>
      <ParamsForm
        params={params}
        defaults={screen.defaults}
        refused={refused?.field === undefined ? undefined : { field: refused.field, reason: refused.detail }}
        onChange={on.params}
      />
      <div class="px-3">
        <Button disabled={changed === 0} onClick={() => on.params(screen.defaults)}>{GENERATION_STRINGS.reset}</Button>
      </div>
    </details>
  );
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly rows: number;
  readonly onText: (text: string) => void;
}

function Field({ id, label, value, rows, onText }: FieldProps) {
  return (
    <div class="flex flex-col gap-1">
      <label for={id} class="text-12 text-soft">{label}</label>
      <textarea
        id={id}
        rows={rows}
        value={value}
        dir="auto"
        onInput={(event) => onText(event.currentTarget.value)}
        class="w-full rounded-md border border-line bg-panel px-2 py-1 font-mono text-13"
      />
    </div>
  );
}
