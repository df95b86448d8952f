import { useEffect, useState } from "preact/hooks";
import type { IndexState } from "../lib/datasets/dataset.ts";
import { IndexProgress } from "../lib/ui/dataset/IndexProgress.tsx";
import { watchIndex } from "../lib/ui/dataset/watch_index.ts";

interface IndexWatchProps {
  /** Where the server tells how far it is. */
  readonly address: string;
  readonly here: string;
  readonly index: IndexState | undefined;
  readonly isAwaited: boolean;
}

/** How far an index is, as it grows. Once it is there, the page shows what waited for it, unless somebody is typing. */
export default function IndexWatch({ address, here, index, isAwaited }: IndexWatchProps) {
  const [state, setState] = useState(index);
  useEffect(() => {
    const leaving = new AbortController();
    void follow(leaving.signal);
    return () => leaving.abort();
  }, []);

  async function follow(signal: AbortSignal): Promise<void> {
    for await (const state of watchIndex(address, signal)) {
      if (signal.aborted) return;
      setState(state);
      if (state.kind !== "writing" && isAwaited && !isTyping()) location.reload();
    }
  }
  return <IndexProgress index={state} here={here} isAwaited={isAwaited} />;
}

function isTyping(): boolean {
  return document.activeElement?.matches("input, textarea, select") ?? false;
}
