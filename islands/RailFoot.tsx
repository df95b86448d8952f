import type { FunctionComponent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../lib/ui/Button.tsx";
import type { KeyListProps } from "../lib/ui/KeyList.tsx";
import { STRINGS } from "../lib/ui/strings.ts";

/** Every key of every screen, on `?` or on its button; and on a narrow screen the strip begins at the open page. */
export default function RailFoot() {
  const sheet = useRef<HTMLDialogElement>(null);
  const [List, setList] = useState<FunctionComponent<KeyListProps>>();
  /** Keys of a single character (a letter, a digit, a sign) can be switched off (WCAG 2.1.4). */
  const isOff = useRef<boolean>();

  function areOff(): boolean {
    try {
      return isOff.current ??= localStorage.singleKeys === "off";
    } catch {
      return false; // Nothing is kept here.
    }
  }

  function open(): void {
    void import("../lib/ui/KeyList.tsx").then(({ KeyList }) => setList(() => KeyList));
    sheet.current?.showModal();
  }

  useEffect(() => {
    const top = scrollY;
    document.querySelector("nav [aria-current=page]")?.scrollIntoView({ inline: "center", block: "nearest" });
    scrollTo(0, top); // The strip alone is to move: the address may lead further down.
    const onKey = (event: KeyboardEvent) => {
      const isOpen = sheet.current?.open;
      // The screen below the sheet hears no key.
      if (isOpen) event.stopImmediatePropagation();
      const inField = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
      if (inField || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key.length === 1 && event.key !== " " && areOff()) return event.stopImmediatePropagation();
      if (event.key !== "?") return;
      event.preventDefault();
      if (isOpen) sheet.current?.close();
      else open();
    };
    // Before any other listener, which then never hears of what is switched off.
    addEventListener("keydown", onKey, true);
    return () => removeEventListener("keydown", onKey, true);
  }, []);

  return (
    <>
      <button type="button" onClick={open} class="rounded-md px-2 py-1 text-left text-12 text-soft hover:bg-sunk">
        {STRINGS.keySheet} <kbd class="font-mono">?</kbd>
      </button>
      <dialog
        ref={sheet}
        aria-label={STRINGS.keySheet}
        onClick={(event) => {
          // A click beside the sheet hits the dialog itself.
          if (event.target === event.currentTarget) event.currentTarget.close();
        }}
        class="m-auto max-h-[80vh] w-[420px] max-w-full whitespace-normal rounded-lg border border-edge bg-panel p-0 text-ink"
      >
        <div class="flex flex-col items-start gap-4 p-4">
          {List && <List isOff={areOff()} onSwitch={(off) => isOff.current = off} />}
          <Button onClick={() => sheet.current?.close()}>{STRINGS.close}</Button>
        </div>
      </dialog>
    </>
  );
}
