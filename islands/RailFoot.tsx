import type { FunctionComponent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { pageAt } from "../lib/ui/address/page_at.ts";
import type { SheetProps } from "../lib/ui/frame/Sheet.tsx";
import { STRINGS } from "../lib/ui/strings.ts";

/** How long the second key of "g d" may take. */
const PATIENCE_MS = 2000;

/**
 * What keys open on every screen: their list on `?` or on its button, everything that can be done on Ctrl+K. On a narrow
 * screen the strip begins at the open page.
 */
export default function RailFoot() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [shows, setShows] = useState<SheetProps["shows"]>("keys");
  const [Sheet, setSheet] = useState<FunctionComponent<SheetProps>>();
  /** Keys of a single character (a letter, a digit, a sign) can be switched off (WCAG 2.1.4). */
  const isOff = useRef<boolean>();
  /** When "g" was pressed, after which a letter names a page of this module. */
  const askedMs = useRef(-Infinity);

  function areOff(): boolean {
    try {
      return isOff.current ??= localStorage.singleKeys === "off";
    } catch {
      return false; // Nothing is kept here.
    }
  }

  const close = () => dialog.current?.close();

  function open(wanted: SheetProps["shows"]): void {
    setShows(wanted);
    void import("../lib/ui/frame/Sheet.tsx").then(({ Sheet }) => setSheet(() => Sheet), () => setSheet(() => Missing));
    dialog.current?.showModal();
  }

  useEffect(() => {
    const top = scrollY;
    document.querySelector("nav [aria-current=page]")?.scrollIntoView({ inline: "center", block: "nearest" });
    scrollTo(0, top); // The strip alone is to move: the address may lead further down.
    const onKey = (event: KeyboardEvent) => {
      const isOpen = dialog.current?.open;
      // In lower case, whatever Caps Lock makes of a letter. Subtle: where a browser fills in a field, it names no key.
      const key = event.key?.toLowerCase();
      // With Shift it is a browser's own.
      if (key === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
        event.preventDefault();
        if (!isOpen) open("palette");
      }
      const inField = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
      if (inField || event.ctrlKey || event.metaKey || event.altKey) return;
      if (key.length === 1 && key !== " " && areOff()) return event.stopImmediatePropagation();
      const isAsked = event.timeStamp - askedMs.current < PATIENCE_MS && key.length === 1 && !isOpen;
      const page = isAsked ? pageAt(key) : undefined;
      askedMs.current = key === "g" ? event.timeStamp : -Infinity;
      if (page !== undefined) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return page.click();
      }
      if (key !== "?") return;
      event.preventDefault();
      if (isOpen) close();
      else open("keys");
    };
    // Before any other listener, which then never hears of what is switched off.
    addEventListener("keydown", onKey, true);
    return () => removeEventListener("keydown", onKey, true);
  }, []);

  return (
    <>
      <button
        type="button"
        onClick={() => open("keys")}
        class="rounded-md px-2 py-1 text-left text-12 text-soft hover:bg-sunk"
      >
        {STRINGS.keySheet} <kbd class="font-mono">?</kbd>
      </button>
      <dialog
        ref={dialog}
        aria-labelledby="sheet"
        onClose={() => setSheet(undefined)}
        onClick={(event) => {
          // A click beside the sheet hits the dialog itself.
          if (event.target === event.currentTarget) event.currentTarget.close();
        }}
        // The screen below the sheet hears no key. Subtle: a sheet that was just closed may still have the focus.
        onKeyDown={(event) => event.currentTarget.open && event.stopPropagation()}
        class="max-h-[80vh]"
      >
        {Sheet
          ? (
            <Sheet
              shows={shows}
              typed={dialog.current?.querySelector("input")?.value}
              isOff={areOff()}
              onSwitch={(off) => isOff.current = off}
              onClose={close}
            />
          )
          // Until it is loaded, what somebody quick types is kept here.
          : shows === "palette" && (
            <input
              aria-label={STRINGS.keySheet}
              class="sr-only"
              ref={(field) => field?.focus()}
            />
          )}
      </dialog>
    </>
  );
}

/** In the place of a sheet that cannot be fetched. */
function Missing({ onClose }: SheetProps) {
  return (
    <div class="flex flex-col items-start gap-4 p-4">
      <p id="sheet" role="alert">{STRINGS.notFetched}</p>
      <button
        type="button"
        ref={(button) => button?.focus()}
        onClick={onClose}
        class="min-h-[32px] rounded-md border border-line px-2.5 py-1 hover:bg-sunk"
      >
        {STRINGS.close}
      </button>
    </div>
  );
}
