/** What the generation screen keeps in the browser: its runs, and where somebody was among them. */
import { type Signal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Problem } from "../../lm/event.ts";
import { download } from "../download.ts";
import { exportRuns, importRuns, keptKey, keptOfOthers, KEY_START, readRuns } from "./generation_file.ts";
import type { GenerationScreen } from "../address/generation_screen.ts";
import { IDLE, type Run } from "./generation_state.ts";
import { joined, keptRuns, promptPrint, restoredRuns, writtenRuns } from "./kept_run.ts";
import { KEPT_STRINGS as TEXT } from "./kept_strings.ts";
import { forgetText, keepText, keptNames, keptText, MOST_KEPT, setAside } from "../kept_text.ts";
import { type Place, readTrail, START, trailText } from "./kept_trail.ts";
import { type Trail, trailFrom } from "../trail.ts";
import { thrownText } from "../../lm/thrown.ts";

export interface KeptRuns {
  readonly problem: Problem | undefined;
  /** What was kept and cannot be read, as it stands there, while the problem tells of it. */
  readonly unread: string | undefined;
  /** Other prompts of which something is kept, told when the browser has no more room. */
  readonly others: number;
  readonly load: () => void;
  readonly save: () => void;
  readonly saveUnread: () => void;
  readonly exportRuns: () => void;
  readonly importRuns: (file: File) => void;
  readonly clear: () => void;
  readonly clearOthers: () => void;
}

interface KeptState {
  readonly screen: GenerationScreen;
  readonly runs: Signal<readonly Run[]>;
  readonly trail: Signal<Trail<Place>>;
}

export function useKeptRuns({ screen, runs, trail }: KeptState): KeptRuns {
  const problem = useSignal<Problem | undefined>(undefined);
  const unread = useSignal<string | undefined>(undefined);
  const others = useSignal(0);
  /** False until what is kept was read, and for good where it cannot be read nor set aside: then nothing is written. */
  const mayWrite = useRef(false);
  const key = keptKey(screen), trailKey = `${key} trail`;
  const prompt = promptPrint(screen);
  /** @param text what was kept and cannot be read, where that is the problem */
  function tell(title: string, detail: string, text?: string): void {
    problem.value = { type: "about:blank", title, status: 0, id: "", detail };
    unread.value = text;
  }

  function untell(): void {
    problem.value = undefined;
    unread.value = undefined;
  }

  /** What is kept, other tabs' runs included. Runs that cannot be read are set aside alone. @throws {SyntaxError} where none can */
  function stored() {
    const text = keptText(key);
    if (text === undefined) return [];
    const { runs, unread } = readRuns(text, screen);
    if (unread !== undefined) leaveAside(unread.reason, unread);
    return runs;
  }

  /** @param part what of it cannot be read, and what can; nothing of it where absent */
  function leaveAside(reason: string, part?: { readonly text: string; readonly rest: string }): void {
    const text = part?.text ?? keptText(key);
    mayWrite.current = setAside(key, part) !== undefined;
    tell(TEXT.notRead, (mayWrite.current ? TEXT.setAside : TEXT.leftThere)(reason), text);
  }

  function load(): void {
    mayWrite.current = true;
    try {
      const kept = stored();
      if (kept.length > 0) runs.value = restoredRuns(kept, prompt);
      trail.value = readTrail(keptText(trailKey), runs.value);
    } catch (error) {
      leaveAside(thrownText(error));
    }
  }

  function save(): void {
    const own = keptRuns(runs.value, prompt);
    if (!mayWrite.current || own.length === 0) return;
    try {
      const all = joined(own, stored());
      // Subtle: what another tab has kept meanwhile may be what cannot be set aside.
      if (mayWrite.current) keepText(key, exportRuns(screen, all, MOST_KEPT));
    } catch (error) {
      // Only where the browser has no room do others make some; theirs is of no use to one page that has too much.
      others.value = error instanceof DOMException ? keptOfOthers(keptNames(KEY_START), key).size : 0;
      tell(TEXT.notKept, TEXT.noRoom(thrownText(error)));
    }
  }

  async function read(file: File): Promise<void> {
    try {
      const theirs = importRuns(await file.text(), screen);
      // Subtle: a run may have begun while the file was read.
      // Those on screen that are not kept have their places too.
      const both = joined(writtenRuns(runs.value, prompt), theirs);
      runs.value = restoredRuns(both, prompt, runs.value);
      // What stays unread is told for as long as nothing is written because of it.
      if (mayWrite.current) untell();
      save();
    } catch (error) {
      tell(TEXT.notImported, thrownText(error));
    }
  }

  function clear(): void {
    runs.value = [IDLE];
    trail.value = trailFrom(START);
    // What could not be read stands there under the name of what is kept, and was said to stay.
    if (!mayWrite.current) return;
    forgetText(key);
    forgetText(trailKey);
    untell();
  }

  function clearOthers(): void {
    for (const names of keptOfOthers(keptNames(KEY_START), key).values()) names.forEach(forgetText);
    untell();
    others.value = 0;
    save();
  }

  // A run is gone to before it begins, so that its id is there later than the place; its tokens make no other trail.
  const ids = useComputed(() => runs.value.map(({ id }) => id).join());
  function saveTrail(): void {
    const text = trailText(trail.value, runs.peek());
    try {
      if (mayWrite.current && trail.value.places.length > 1) keepText(trailKey, text);
    } catch {
      // Without room the runs tell of it; where somebody was is not worth a sentence of its own.
    }
  }

  useSignalEffect(() => {
    void ids.value;
    saveTrail();
  });

  useEffect(() => {
    // What streams when the page is left is kept up to there, and a place that was gone to in its last frame.
    const leave = () => {
      save();
      saveTrail();
    };
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      leave();
    };
  }, []);

  const of = screen.ownPrompt === undefined ? `${screen.split}-${screen.sample}` : "own-prompt";
  const name = `${screen.module}-${of}-runs.json`;
  return {
    problem: problem.value,
    unread: unread.value,
    others: others.value,
    load,
    save,
    saveUnread: () => download(name, unread.value ?? ""),
    exportRuns: () => download(name, exportRuns(screen, keptRuns(runs.value, prompt))),
    importRuns: (file) => void read(file),
    clear,
    clearOthers,
  };
}
