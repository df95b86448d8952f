import { visibleLines } from "../../lm/visible_text.ts";
import { Button } from "../../ui/Button.tsx";
import type { ViewProps } from "../view/element_view.ts";
import { ActionStatus } from "../view/ActionStatus.tsx";
import type { ButtonState } from "./button.ts";

/** Its inputs in a row that wraps, the button below them, and how its action is doing. */
export function ButtonView({ name, state: { label, disabled, inputs }, page }: ViewProps<ButtonState>) {
  const canSend = page.isReady && !disabled && page.action(name)?.status !== "running";
  return (
    <form
      noValidate
      class="flex min-w-0 flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        // Subtle: Enter in a text sends too, whether or not the button can be pressed.
        if (canSend) page.act(name);
      }}
    >
      {inputs.length > 0 && (
        <div class="grid grid-cols-inputs items-start gap-x-4 gap-y-3">
          {inputs.map((input) => page.draw(input))}
        </div>
      )}
      <div class="flex flex-wrap items-center gap-3">
        <Button submit disabled={!canSend}>{visibleLines(label)}</Button>
        <ActionStatus name={name} page={page} />
      </div>
    </form>
  );
}
