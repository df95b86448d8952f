import { useEffect, useRef } from "preact/hooks";

/** A signal that aborts when the screen is left: what is asked for the page as a whole is asked by it. */
export function useLeaving(): () => AbortSignal {
  const leaving = useRef(new AbortController());
  useEffect(() => {
    leaving.current = new AbortController();
    return () => leaving.current.abort();
  }, []);
  return () => leaving.current.signal;
}
