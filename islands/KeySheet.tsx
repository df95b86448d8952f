import { useEffect, useRef } from "preact/hooks";
import { KEYS } from "../lib/ui/key_strings.ts";
import { STRINGS } from "../lib/ui/strings.ts";

/** Every key of every screen, on `?` or on its button. */
export default function KeySheet() {
  const sheet = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const inField = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
      if (event.key !== "?" || inField || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      if (sheet.current?.open === true) sheet.current.close();
      else sheet.current?.showModal();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);

  return (
    <>
      <button
        type="button"
        onClick={() => sheet.current?.showModal()}
        class="rounded-md px-2 py-1 text-left text-12 text-soft hover:bg-sunk"
      >
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
        <div class="flex flex-col gap-4 p-4">
          {KEYS.map(({ screen, keys }) => (
            <section key={screen} aria-label={screen}>
              <h2 class="pb-1 font-semibold">{screen}</h2>
              <dl class="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
                {keys.map(([key, meaning]) => (
                  <>
                    <dt key={key} class="font-mono text-13">{key}</dt>
                    <dd key={meaning} class="text-soft">{meaning}</dd>
                  </>
                ))}
              </dl>
            </section>
          ))}
          <form method="dialog">
            <button type="submit" class="min-h-[32px] rounded-md border border-line px-2.5 py-1 hover:bg-sunk">
              {STRINGS.close}
            </button>
          </form>
        </div>
      </dialog>
    </>
  );
}
