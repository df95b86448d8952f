import { Combobox } from "../../ui/Combobox.tsx";
import { cx } from "../../ui/cx.ts";
import type { ViewProps } from "../view/element_view.ts";
import { InputFrame } from "../view/InputFrame.tsx";
import type { ChoiceState } from "./choice_input.ts";
import { visibleLines } from "../../lm/visible_text.ts";

/** More choices than these are searched by typing. */
const LISTED_CHOICES = 8;

export function ChoiceInputView({ name, state: { label, choices }, page }: ViewProps<ChoiceState>) {
  const value = String(page.value(name) ?? "");
  const refused = page.refused(name);
  return (
    <InputFrame id={name} label={label} refused={refused}>
      {choices.length > LISTED_CHOICES
        ? <Combobox id={name} choices={choices} value={value} onChange={(choice) => page.edit(name, choice)} />
        : (
          <select
            id={name}
            onChange={(event) => page.edit(name, event.currentTarget.value)}
            class={cx(
              "min-h-[32px] max-w-full rounded-md border bg-panel px-2 py-1",
              refused !== undefined && "border-bad",
            )}
          >
            {choices.map((choice) => (
              <option key={choice} value={choice} selected={choice === value}>{visibleLines(choice)}</option>
            ))}
          </select>
        )}
    </InputFrame>
  );
}
