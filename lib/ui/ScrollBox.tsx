import type { ComponentChildren } from "preact";

/** Characters that may stand on the page as they are; more scroll in a box, so that what follows stays in reach. */
const LEAST_CHARACTERS = 2_000;

interface ScrollBoxProps {
  readonly label: string;
  /** Characters of the text inside. */
  readonly length: number;
  readonly children: ComponentChildren;
}

/** A text, in a box of its own where it is long. */
export function ScrollBox({ label, length, children }: ScrollBoxProps) {
  if (length < LEAST_CHARACTERS) return <>{children}</>;
  return (
    <div class="max-h-[40vh] overflow-y-auto" tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  );
}
