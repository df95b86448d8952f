import { useState } from "preact/hooks";
import { visibleLines } from "../../lm/visible_text.ts";
import { cx } from "../../ui/cx.ts";
import type { ViewProps } from "../view/element_view.ts";
import { InputFrame } from "../view/InputFrame.tsx";
import type { NumberState } from "./number_input.ts";

/** Nothing is clamped while it is typed: what is out of range is refused on sending, with the range. */
export function NumberInputView({ name, state, page }: ViewProps<NumberState>) {
  const { label, min, max, step, slider } = state;
  const value = page.value(name);
  const refused = page.refused(name);
  const shown = typeof value === "number" ? String(value) : "";
  const [typed, setTyped] = useState("");
  const edit = (text: string) => {
    setTyped(text);
    page.edit(name, numberOf(text));
  };
  return (
    <InputFrame id={name} label={label} refused={refused}>
      <div class="flex items-center gap-2">
        {slider && (
          <input
            type="range"
            aria-label={visibleLines(label)}
            min={min}
            max={max}
            step={step === 0 ? "any" : step}
            value={shown}
            onInput={(event) => edit(event.currentTarget.value)}
          />
        )}
        <input
          id={name}
          type="number"
          min={min}
          max={max}
          step={step === 0 ? "any" : step}
          // Subtle: "0.0" is 0 as well, and the beginning of 0.05: what was typed stands for as long as it is the value.
          value={numberOf(typed) === value ? typed : shown}
          aria-invalid={refused !== undefined}
          onInput={(event) => edit(event.currentTarget.value)}
          class={cx(
            "min-h-[32px] w-[96px] rounded-md border bg-panel px-2 py-1 font-mono text-13 tabular-nums",
            refused !== undefined && "border-bad",
          )}
        />
      </div>
    </InputFrame>
  );
}

function numberOf(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}
