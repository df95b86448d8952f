import { useEffect, useState } from "preact/hooks";
import { SplitProgress, type SplitState } from "../lib/ui/dataset/SplitProgress.tsx";
import { watchSplit } from "../lib/ui/dataset/watch_split.ts";

interface SplitWatchProps {
  /** Where the server tells how much has come. */
  readonly address: string;
  readonly here: string;
  readonly state: SplitState;
}

/** How much of a split has come; once it is there, the page shows it. */
export default function SplitWatch({ address, here, state: first }: SplitWatchProps) {
  const [state, setState] = useState(first);
  useEffect(() => {
    const leaving = new AbortController();
    void follow(leaving.signal);
    return () => leaving.abort();
  }, []);

  async function follow(signal: AbortSignal): Promise<void> {
    for await (const state of watchSplit(address, signal)) {
      if (signal.aborted) return;
      setState(state);
      // Subtle: to reload after a failure would try again, so that nobody would ever see why it failed.
      if (state.state === "ready" || state.state === "idle") location.reload();
    }
  }
  return <SplitProgress state={state} here={here} />;
}
