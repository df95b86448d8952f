import type { ComponentChildren } from "preact";
import { visibleLines } from "../../lm/visible_text.ts";

interface InputFrameProps {
  readonly id: string;
  readonly label: string;
  /** Why the last click was refused for this input. */
  readonly refused: string | undefined;
  readonly children: ComponentChildren;
}

/** An input with its label above, and below it what is wrong with its value. */
export function InputFrame({ id, label, refused, children }: InputFrameProps) {
  return (
    <div class="flex min-w-0 flex-col gap-1">
      <label for={id} class="text-12 text-soft">{visibleLines(label)}</label>
      {children}
      {refused !== undefined && (
        <p id={`${id}-refused`} role="alert" class="text-12 text-bad">{visibleLines(refused)}</p>
      )}
    </div>
  );
}
