/** A prompt while somebody writes it: what was typed, whether an address can hold it, and the way to the screen that has it. */
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { formText, withLineFeeds } from "../../lm/form_text.ts";
import { longestAddress, type Refusal, refusalOf } from "../address/own_prompt.ts";
import { fingerprint } from "../fingerprint.ts";
import { keepInTab, keptInTab } from "../kept_in_tab.ts";

export interface PromptWriting {
  /** As the text area has it; undefined while nobody writes. */
  readonly draft: string | undefined;
  /** Characters of the address that would hold the draft. */
  readonly characters: number;
  readonly refusal: Refusal | undefined;
  readonly onOpen: () => void;
  readonly onType: (text: string) => void;
  readonly onUse: () => void;
  /** Closes the text area. @param forgets what was typed, which is there again otherwise */
  readonly onClose: (forgets?: boolean) => void;
}

export interface OwnPrompt {
  readonly writing: PromptWriting;
  /**
   * Leaves for the screen with the prompt that is being written. False where none is, or it is the one on screen.
   * @param wanted what that screen is to do at once
   */
  readonly leave: (wanted: Wanted) => boolean;
}

/** To look at a prompt, or to generate from it: one completion or more as the params say, or several in any case. */
type Wanted = typeof WANTED[number];
const WANTED = ["see", "run", "run several"] as const;

interface OwnPromptOptions {
  /** What it begins with: the prompt on screen. */
  readonly text: string;
  /** Whether the page was opened to write one. */
  readonly isWriting: boolean;
  readonly hrefOf: (text: string) => string;
  /** The page was opened by a prompt that was to be generated from. */
  readonly onRun?: (isSeveral: boolean) => void;
}

/** Ids of the text area, and of what opens it. */
export const PROMPT_FIELD = "prompt-text", PROMPT_EDIT = "prompt-edit";

/** What the tab keeps from the page that is left for a prompt of one's own to the page that has it. */
const ARRIVAL = "own prompt";

export function useOwnPrompt({ text, isWriting, hrefOf, onRun }: OwnPromptOptions): OwnPrompt {
  const isOpen = useSignal(isWriting);
  const typed = useSignal(withLineFeeds(text));
  const wasOpen = useRef(isWriting);

  function close(forgets = false): void {
    isOpen.value = false;
    if (forgets) typed.value = withLineFeeds(text);
  }

  function leave(wanted: Wanted): boolean {
    const written = formText(text, typed.value);
    if (!isOpen.value || written === text) return false;
    const href = hrefOf(written);
    if (refusalOf(written, longestAddress(written, href)) !== undefined) {
      document.getElementById(PROMPT_FIELD)?.focus();
    } else {
      keepInTab(ARRIVAL, `${wanted} ${fingerprint(written)}`);
      location.assign(href);
    }
    return true;
  }

  useLayoutEffect(() => {
    if (wasOpen.current && !isOpen.value) document.getElementById(PROMPT_EDIT)?.focus();
    wasOpen.current = isOpen.value;
  }, [isOpen.value]);

  useEffect(() => {
    const arrival = keptInTab(ARRIVAL), print = fingerprint(text);
    keepInTab(ARRIVAL, "");
    const wanted = WANTED.find((each) => arrival === `${each} ${print}`);
    if (wanted === undefined) return;
    document.getElementById(PROMPT_EDIT)?.focus({ preventScroll: true });
    if (wanted !== "see") onRun?.(wanted === "run several");
  }, []);

  // Subtle: a text area that was not touched stands for the prompt as it is, whatever a browser cannot show of it.
  const written = isOpen.value ? formText(text, typed.value) : text;
  const characters = isOpen.value && written !== text ? longestAddress(written, hrefOf(written)) : 0;
  return {
    leave,
    writing: {
      draft: isOpen.value ? typed.value : undefined,
      characters,
      refusal: characters === 0 ? undefined : refusalOf(written, characters),
      onOpen: () => isOpen.value = true,
      onType: (now) => typed.value = now,
      onUse: () => void (leave("see") || close(true)),
      onClose: close,
    },
  };
}
