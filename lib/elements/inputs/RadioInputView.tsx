import { visibleLines } from "../../lm/visible_text.ts";
import { cx } from "../../ui/cx.ts";
import type { ViewProps } from "../view/element_view.ts";
import type { RadioState } from "./radio_input.ts";

export function RadioInputView({ name, state, page }: ViewProps<RadioState>) {
  const { label, choices, direction } = state;
  const value = page.value(name);
  const isColumn = direction === "column";
  const refused = page.refused(name);
  return (
    <fieldset class="min-w-0">
      <legend class="pb-1 text-12 text-soft">{visibleLines(label)}</legend>
      <div class={cx("flex flex-wrap gap-2", isColumn && "flex-col items-start")}>
        {choices.map((choice) => (
          <label
            key={choice}
            class={cx(
              "inline-flex min-h-[32px] max-w-full cursor-pointer items-center gap-2 break-words rounded-md border px-2.5 py-1",
              value === choice ? "border-accent bg-sunk" : "border-line bg-panel",
            )}
          >
            <input
              type="radio"
              name={name}
              value={choice}
              checked={value === choice}
              onChange={() => page.edit(name, choice)}
              class="accent-accent"
            />
            {visibleLines(choice)}
          </label>
        ))}
      </div>
      {refused !== undefined && <p role="alert" class="pt-1 text-12 text-bad">{visibleLines(refused)}</p>}
    </fieldset>
  );
}
