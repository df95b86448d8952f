import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { ChatViewProps } from "./chat_props.ts";

interface FollowedEnd {
  /** Below all that is to be in sight. */
  readonly end: RefObject<HTMLDivElement>;
  /** What stays in sight from its beginning on, where there is such a thing, even if the end does not for that. */
  readonly start: RefObject<HTMLElement>;
}

/**
 * Moves the page along with the end of the thread while it is written, and to a failure below it; no further once the
 * reader has scrolled up or looks at a token, until they are back at the end or ask for another answer.
 */
export function useFollowedEnd(
  { writing, failure, selection }: Pick<ChatViewProps, "writing" | "failure" | "selection">,
): FollowedEnd {
  const end = useRef<HTMLDivElement>(null), start = useRef<HTMLElement>(null);
  const isFollowed = useRef(true);
  const lastY = useRef(0);
  const last = useRef({ writing, failure });

  /** Pixels of the page before the end that are below the window. */
  function hidden(): number {
    return (end.current?.getBoundingClientRect().top ?? 0) - innerHeight;
  }

  function heedReader(): void {
    // Subtle: a page that has become shorter moves up too, and its end is in sight then. Places are fractions of a pixel.
    if (hidden() < 1) isFollowed.current = true;
    else if (scrollY < lastY.current) isFollowed.current = false;
    lastY.current = scrollY;
  }

  useEffect(() => {
    addEventListener("scroll", heedReader, { passive: true });
    return () => removeEventListener("scroll", heedReader);
  }, []);

  useLayoutEffect(() => {
    const before = last.current;
    last.current = { writing, failure };
    // Subtle: what a run has to tell at its end makes the thread longer once more.
    const isWritten = writing !== undefined || before.writing !== undefined;
    const hasBegun = writing !== undefined && writing !== before.writing;
    if (!isWritten && (failure === undefined || failure === before.failure)) return;
    if (selection !== undefined) isFollowed.current = false;
    else if (hasBegun || !isWritten) isFollowed.current = true;
    else heedReader();
    if (!isFollowed.current) return;
    const by = Math.min(hidden(), start.current?.getBoundingClientRect().top ?? Infinity);
    if (by > 0) scrollBy(0, by);
    lastY.current = scrollY;
  });

  return { end, start };
}
