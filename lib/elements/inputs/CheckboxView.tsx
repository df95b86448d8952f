import { visibleLines } from "../../lm/visible_text.ts";
import type { InputState } from "../input.ts";
import type { ViewProps } from "../view/element_view.ts";

export function CheckboxView({ name, state: { label }, page }: ViewProps<InputState<boolean>>) {
  return (
    <label class="inline-flex min-h-[32px] cursor-pointer items-center gap-2 self-end">
      <input
        id={name}
        type="checkbox"
        checked={page.value(name) === true}
        onChange={(event) => page.edit(name, event.currentTarget.checked)}
        class="h-4 w-4 accent-accent"
      />
      {visibleLines(label)}
    </label>
  );
}
