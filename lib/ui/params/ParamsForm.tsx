import type { NumericParam, SamplingParams } from "../../lm/params.ts";
import { PARAM_RANGES } from "../../lm/params.ts";
import { snakeCase } from "../../lm/wire_text.ts";
import { BiasParam } from "./BiasParam.tsx";
import { cx } from "../cx.ts";
import { formatStopTexts, parseStopTexts } from "../address/stop_texts.ts";
import { paramsToQuery } from "../address/generation_screen.ts";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { OrderParam } from "./OrderParam.tsx";
import { useTyped } from "../use_typed.ts";

/** The order on screen: first what shapes the distribution, then how much of it is drawn. */
const SHOWN: readonly NumericParam[] = [
  "temperature",
  "topP",
  "topK",
  "minP",
  "repetitionPenalty",
  "frequencyPenalty",
  "presencePenalty",
  "maxTokens",
  "n",
  "seed",
];

/** Sliders end where most use ends; the number beside takes the whole range. */
const SLIDER_MAX: Partial<Record<NumericParam, number>> = { maxTokens: 256, topK: 100, n: 8, seed: 100 };

const LABELS: Partial<Record<NumericParam, string>> = {
  repetitionPenalty: "repetition",
  frequencyPenalty: "frequency",
  presencePenalty: "presence",
  n: "completions",
};

interface ParamsFormProps {
  readonly params: SamplingParams;
  readonly defaults: SamplingParams;
  /** Params that say nothing here. */
  readonly without?: readonly NumericParam[];
  /** Id of the form that the fields belong to, when they stand outside it. */
  readonly form?: string;
  /** Field (snake_case) that the server refused, with the reason. */
  readonly refused: { readonly field: string; readonly reason: string } | undefined;
  /** What a token is called; undefined where its text is not known. */
  readonly tokenText?: (id: number) => string | undefined;
  readonly onChange: (params: SamplingParams) => void;
}

/** A slider and a number for each sampling param; a dot marks what differs from the default and resets it. */
export function ParamsForm(props: ParamsFormProps) {
  return (
    <div class="grid grid-cols-params gap-x-4 gap-y-3 p-3">
      {SHOWN.filter((name) => props.without?.includes(name) !== true).map((name) => (
        <NumberParam key={name} name={name} {...props} />
      ))}
      {props.without?.includes("maxTokens") !== true && <StopParam {...props} />}
      {/* Without JavaScript they are changed by links, and a sent form keeps them. */}
      {paramsToQuery(props.params, props.defaults).filter(([name]) => name === "logit_bias" || name === "order")
        .map(([name, value]) => <input key={name} type="hidden" name={name} value={value} form={props.form} />)}
      <BiasParam {...props} />
      <OrderParam {...props} />
    </div>
  );
}

function NumberParam(
  { name, params, defaults, refused, form, onChange }: ParamsFormProps & { readonly name: NumericParam },
) {
  const range = PARAM_RANGES[name];
  const field = snakeCase(name);
  const value = params[name];
  const typed = useTyped(String(value));
  const isWide = range.max > 99_999;
  const isRefused = refused?.field === `params.${field}`;
  const change = (text: string) => {
    const number = Number(text);
    if (text.trim() !== "" && Number.isFinite(number)) onChange({ ...params, [name]: number });
  };
  return (
    <div class="flex min-w-0 flex-col gap-1">
      <div class="flex items-center gap-1.5 text-12 text-soft">
        <label for={`param-${field}`} class="truncate">{LABELS[name] ?? field}</label>
        <ResetDot
          field={field}
          shown={value !== defaults[name]}
          reset={() => onChange({ ...params, [name]: defaults[name] })}
        />
        {name === "seed" && <RollSeed onRoll={(seed) => onChange({ ...params, seed })} />}
        <input
          id={`param-${field}`}
          type="number"
          name={field}
          form={form}
          min={range.min}
          max={range.max}
          step="any"
          {...typed}
          aria-invalid={isRefused}
          onChange={(event) => change(event.currentTarget.value)}
          class={cx(
            "ml-auto rounded-sm border border-transparent bg-transparent px-1 text-right font-mono text-13 text-ink tabular-nums hover:border-line focus:border-line",
            isWide ? "w-[64px]" : "w-[52px]",
            isRefused && "border-bad",
          )}
        />
      </div>
      <input
        type="range"
        min={range.min}
        max={SLIDER_MAX[name] ?? range.max}
        step={range.step}
        value={value}
        aria-label={`${LABELS[name] ?? field}, slider`}
        aria-valuetext={name === "topK" && value === 0 ? GENERATION_STRINGS.off : undefined}
        onInput={(event) => change(event.currentTarget.value)}
      />
      {isRefused && <p class="text-12 text-bad">{refused.reason}</p>}
    </div>
  );
}

function StopParam({ params, defaults, onChange }: ParamsFormProps) {
  const text = formatStopTexts(params.stop);
  const typed = useTyped(text);
  return (
    <div class="col-span-2 flex min-w-0 flex-col gap-1">
      <div class="flex items-center gap-1.5 text-12 text-soft">
        <label for="param-stop">{GENERATION_STRINGS.stopTexts}</label>
        <ResetDot
          field="stop"
          shown={text !== formatStopTexts(defaults.stop)}
          reset={() => onChange({ ...params, stop: defaults.stop })}
        />
      </div>
      <textarea
        id="param-stop"
        name="stop"
        rows={1}
        spellcheck={false}
        onChange={(event) => onChange({ ...params, stop: parseStopTexts(event.currentTarget.value) })}
        class="min-h-[30px] rounded-md border border-line bg-panel px-2 py-1 font-mono text-13"
        {...typed}
      />
    </div>
  );
}

/** Other dice: a seed that is short enough to read and to type. */
function RollSeed(props: { readonly onRoll: (seed: number) => void }) {
  return (
    <button
      type="button"
      aria-label={GENERATION_STRINGS.roll}
      title={GENERATION_STRINGS.roll}
      onClick={() => props.onRoll(Math.floor(Math.random() * 10_000))}
      class="grid h-4 w-4 place-items-center rounded-sm text-soft hover:text-ink"
    >
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        <rect x="0.5" y="0.5" width="11" height="11" rx="2.5" fill="none" stroke="currentColor" />
        <circle cx="3.5" cy="3.5" r="1" fill="currentColor" />
        <circle cx="6" cy="6" r="1" fill="currentColor" />
        <circle cx="8.5" cy="8.5" r="1" fill="currentColor" />
      </svg>
    </button>
  );
}

function ResetDot(props: { readonly field: string; readonly shown: boolean; readonly reset: () => void }) {
  if (!props.shown) return null;
  const label = GENERATION_STRINGS.resetOne(props.field);
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={props.reset}
      class="grid h-4 w-4 place-items-center"
    >
      <span class="h-1.5 w-1.5 rounded-full bg-accent" />
    </button>
  );
}
