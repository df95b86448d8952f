import { useLayoutEffect, useRef } from "preact/hooks";

/** The page's address follows what is on screen, at once. The one that opened the page stays until something of it changes. */
export function useHref(href: string): void {
  const told = useRef(href);
  useLayoutEffect(() => {
    if (told.current !== href) history.replaceState(history.state, "", href);
    told.current = href;
  }, [href]);
}
