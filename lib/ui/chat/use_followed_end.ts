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
 * Moves the page along with the end of the thread while it is written, and to a failure of what was asked below it; no
 * further once the reader has scrolled up, looks at a token or works elsewhere in the thread, until they are back at the
 * end or ask for another answer.
 */
export function useFollowedEnd(
  { writing, failure, selection }: Pick<ChatViewProps, "writing" | "failure" | "selection">,
): FollowedEnd {
  const end = useRef<HTMLDivElement>(null), start = useRef<HTMLElement>(null);
  const last = useRef({ writing, failure });
  const reader = useRef({ follows: true, y: 0 });

  useEffect(() => {
    const onScroll = () => heedScrolling(reader.current, hiddenBefore(end.current));
    addEventListener("scroll", onScroll, { passive: true });
    return () => removeEventListener("scroll", onScroll);
  }, []);

  useLayoutEffect(() => {
    const before = last.current, { current } = reader;
    last.current = { writing, failure };
    // Subtle: what a run has to tell at its end makes the thread longer once more.
    const isWritten = writing !== undefined || before.writing !== undefined;
    const hasBegun = writing !== undefined && writing !== before.writing;
    if (!isWritten && (failure?.isAwaited !== true || failure === before.failure)) return;
    if (selection !== undefined) current.follows = false;
    else if (hasBegun || !isWritten) current.follows = true;
    else if (isElsewhere()) current.follows = false;
    else heedScrolling(current, hiddenBefore(end.current));
    if (!current.follows) return;
    const by = Math.min(hiddenBefore(end.current), start.current?.getBoundingClientRect().top ?? Infinity);
    if (by > 0) scrollBy(0, by);
    current.y = scrollY;
  });

  return { end, start };
}

/** Pixels of the page before the end that are below the window. */
function hiddenBefore(end: HTMLElement | null): number {
  return (end?.getBoundingClientRect().top ?? 0) - innerHeight;
}

/** @param hidden of the page before the end, in pixels, of which there may be fractions */
function heedScrolling(reader: { follows: boolean; y: number }, hidden: number): void {
  // Subtle: a page that has become shorter moves up too, and its end is in sight then.
  if (hidden < 1) reader.follows = true;
  else if (scrollY < reader.y) reader.follows = false;
  reader.y = scrollY;
}

/** Whether the reader writes in a turn, or is in something that they have opened. */
function isElsewhere(): boolean {
  return (document.activeElement?.closest("[data-turn] textarea, main details") ?? undefined) !== undefined;
}
