import { useEffect, useRef } from "preact/hooks";

/**
 * Hears the keys of a screen for as long as it stands, but for those that something on it has used.
 * @param onKey says whether a key meant something, so that the browser does nothing else by it
 */
export function useKeys(onKey: (event: KeyboardEvent) => boolean): void {
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (!isTaken(event) && latest.current(event)) event.preventDefault();
    };
    addEventListener("keydown", hear);
    return () => removeEventListener("keydown", hear);
  }, []);
}

/** Whether what has the focus has used a key already, or is a box that the browser scrolls by it. */
function isTaken({ defaultPrevented, key, target }: KeyboardEvent): boolean {
  if (defaultPrevented || (key !== "ArrowLeft" && key !== "ArrowRight")) return defaultPrevented;
  const isBox = target instanceof HTMLElement && target.matches("div[tabindex], pre[tabindex]");
  return isBox && target.scrollWidth > target.clientWidth;
}
