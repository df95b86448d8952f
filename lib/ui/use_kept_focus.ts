import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/**
 * Keeps the focus within a part of the page when what had it is drawn no more, or cannot be used any more: the keys of that
 * part go on to act.
 * @param focus gives it to something that is there
 */
export function useKeptFocus<Part extends HTMLElement>(focus: (part: Part) => void): RefObject<Part> {
  const part = useRef<Part>(null);
  // Subtle: read while the page stands as it was, before anything of this part is changed.
  const had = part.current?.contains(globalThis.document?.activeElement) ?? false;
  useLayoutEffect(() => {
    const active = document.activeElement;
    const isKept = part.current?.contains(active) === true && active?.matches(":disabled") === false;
    if (had && !isKept && part.current !== null) focus(part.current);
  });
  return part;
}
