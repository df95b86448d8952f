/** A text that is being written, at first none, which stays in its tab when the page is loaded again. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { keepInTab, keptInTab } from "../kept_in_tab.ts";

export function useKeptDraft(key: string): Signal<string> {
  const draft = useSignal("");
  useEffect(() => {
    // What was typed before the page was alive is newer.
    draft.value ||= keptInTab(key) ?? "";
    return draft.subscribe((text) => keepInTab(key, text));
  }, []);
  return draft;
}
