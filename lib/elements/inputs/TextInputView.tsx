import type { JSX } from "preact";
import { cx } from "../../ui/cx.ts";
import type { ViewProps } from "../view/element_view.ts";
import { InputFrame } from "../view/InputFrame.tsx";
import type { TextInputState } from "./text_input.ts";

const MAX_ROWS = 12;

/** Grows with its text. Enter sends the form that it stands in, Shift+Enter begins a new line where the cursor is. */
export function TextInputView({ name, state: { label, placeholder, maxLength }, page }: ViewProps<TextInputState>) {
  const value = page.value(name);
  const text = typeof value === "string" ? value : "";
  const refused = page.refused(name);
  return (
    <InputFrame id={name} label={label} refused={refused}>
      <textarea
        id={name}
        rows={Math.min(MAX_ROWS, text.split("\n").length)}
        placeholder={placeholder}
        maxLength={maxLength}
        value={text}
        dir="auto"
        aria-invalid={refused !== undefined}
        onInput={(event) => page.edit(name, event.currentTarget.value)}
        onKeyDown={sendOnEnter}
        class={cx(
          "min-h-[34px] w-full rounded-md border bg-panel px-2 py-1.5",
          refused !== undefined && "border-bad",
        )}
      />
    </InputFrame>
  );
}

function sendOnEnter(event: JSX.TargetedKeyboardEvent<HTMLTextAreaElement>): void {
  // Subtle: Enter while an input method composes picks a character, and is no wish to send.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.currentTarget.form?.requestSubmit();
}
