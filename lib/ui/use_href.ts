import { useLayoutEffect, useRef } from "preact/hooks";
import { tellAddress } from "./told_address.ts";

/** The page's address follows what is on screen. The one that opened the page stays until something of it changes. */
export function useHref(href: string): void {
  const told = useRef(href);
  useLayoutEffect(() => {
    if (told.current !== href) tellAddress(href);
    told.current = href;
  }, [href]);
}
