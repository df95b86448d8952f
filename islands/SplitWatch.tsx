import { useEffect, useState } from "preact/hooks";
import { SplitProgress, type SplitState } from "../lib/ui/SplitProgress.tsx";
import { watchSplit } from "../lib/ui/watch_split.ts";

interface SplitWatchProps {
  /** Where the server tells how much has come. */
  readonly address: string;
  readonly here: string;
  readonly state: SplitState;
}

/** How much of a split has come; once it is there, or cannot be had, the page shows it. */
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
      if (state.state !== "loading") location.reload();
    }
  }
  return <SplitProgress state={state} here={here} />;
}
