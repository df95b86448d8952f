import type { SamplingParams } from "../../lm/params.ts";
import { withBias } from "../address/bias_text.ts";
import { GENERATION_STRINGS as TEXT } from "../generation_strings.ts";
import { useTyped } from "../use_typed.ts";

interface BiasParamProps {
  readonly params: SamplingParams;
  /** What a token is called; undefined where its text is not known here. */
  readonly tokenText?: ((id: number) => string | undefined) | undefined;
  readonly onChange: (params: SamplingParams) => void;
}

/** The tokens whose logits are moved or that are banned: each can be changed, and more can be named by their ids. */
export function BiasParam({ params, tokenText, onChange }: BiasParamProps) {
  const { logitBias } = params;
  const change = (id: number, value: number) => onChange({ ...params, logitBias: withBias(logitBias, id, value) });
  const ban = (field: HTMLInputElement) => {
    const { value } = field;
    if (!field.checkValidity() || value === "") return;
    field.value = "";
    change(Number(value), -Infinity);
  };
  return (
    <div class="col-span-2 flex min-w-0 flex-col gap-1 text-12 text-soft">
      <label for="param-bias">{TEXT.bias}</label>
      <ul class="flex flex-wrap items-center gap-1.5">
        {Object.entries(logitBias).map(([key, value]) => {
          const id = Number(key), name = tokenText?.(id) ?? `id ${id}`;
          return (
            <li key={key} class="inline-flex items-center gap-1 rounded-md border border-line px-1.5 py-0.5">
              <span class="max-w-[120px] truncate font-mono text-ink" title={`id ${id}`}>{name}</span>
              {value === -Infinity
                ? <span class="text-warn">{TEXT.banned}</span>
                : <BiasField value={value} label={TEXT.biasOf(name)} onChange={(bias) => change(id, bias)} />}
              <button
                type="button"
                aria-label={TEXT.unbias(name)}
                title={TEXT.unbias(name)}
                onClick={() => change(id, 0)}
                class="rounded-sm px-1 hover:text-ink"
              >
                ×
              </button>
            </li>
          );
        })}
        <li>
          <input
            id="param-bias"
            type="text"
            inputmode="numeric"
            pattern="[0-9]{1,7}"
            placeholder={TEXT.biasHint}
            title={TEXT.biasExplained}
            onChange={(event) => ban(event.currentTarget)}
            onKeyDown={(event) => {
              // Subtle: Enter would also send the form that the field belongs to, and with that start a run.
              if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
              event.preventDefault();
              if (event.currentTarget.reportValidity()) ban(event.currentTarget);
            }}
            class="w-[150px] rounded-md border border-line bg-panel px-2 py-0.5 font-mono text-12 text-ink"
          />
        </li>
      </ul>
    </div>
  );
}

function BiasField(
  props: { readonly value: number; readonly label: string; readonly onChange: (bias: number) => void },
) {
  return (
    <input
      type="number"
      step="any"
      min={-100}
      max={100}
      {...useTyped(String(props.value))}
      aria-label={props.label}
      onChange={(event) => props.onChange(Number(event.currentTarget.value))}
      class="w-[52px] rounded-sm border border-line bg-transparent px-1 text-right font-mono text-ink"
    />
  );
}
