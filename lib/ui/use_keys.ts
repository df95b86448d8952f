import { useEffect, useRef } from "preact/hooks";

/**
 * Hears the keys of a screen for as long as it stands.
 * @param onKey says whether a key meant something, so that the browser does nothing else by it
 */
export function useKeys(onKey: (event: KeyboardEvent) => boolean): void {
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (latest.current(event)) event.preventDefault();
    };
    addEventListener("keydown", hear);
    return () => removeEventListener("keydown", hear);
  }, []);
}
