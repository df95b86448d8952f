import { useEffect, useState } from "preact/hooks";
import { ApiError } from "./api_client.ts";

/**
 * The answer to the present question; undefined without one, until it is there, and when it cannot be had.
 * @param key tells one question from another; the answer of an older one is given up
 */
export function useAnswer<Answer>(
  key: string | undefined,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Answer | undefined {
  const [known, setKnown] = useState<{ readonly key: string; readonly answer: Answer } | undefined>(undefined);
  useEffect(() => {
    if (key === undefined) return;
    const controller = new AbortController();
    ask(controller.signal).then((answer) => setKnown({ key, answer }), (error) => {
      // What is asked here only adds to what stands on the page already; its own request will tell of the fault.
      if (!(error instanceof ApiError || controller.signal.aborted)) throw error;
    });
    return () => controller.abort();
  }, [key]);
  return known?.key === key ? known?.answer : undefined;
}
