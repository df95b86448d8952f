/** What keys open on every screen; loaded with the first of them. */
import { Button } from "./Button.tsx";
import { KeyList, type KeyListProps } from "./KeyList.tsx";
import { PALETTE_STRINGS } from "./key_strings.ts";
import { Palette } from "./Palette.tsx";
import { pageAt } from "./palette_items.ts";
import { STRINGS } from "./strings.ts";

export interface SheetProps extends KeyListProps {
  readonly shows: "keys" | "palette";
  readonly onClose: () => void;
}

/** The list of keys, or all that can be done on the page. */
export function Sheet(props: SheetProps) {
  return (
    <div class="flex flex-col items-start gap-4 p-4">
      <h1 id="sheet" class="sr-only">{props.shows === "keys" ? STRINGS.keySheet : PALETTE_STRINGS.palette}</h1>
      {props.shows === "keys" ? <KeyList {...props} /> : <Palette onClose={props.onClose} />}
      <Button onClick={props.onClose}>{STRINGS.close}</Button>
    </div>
  );
}

/** How long the second key of "g d" may take. */
const PATIENCE_MS = 2000;

/** Goes to the page of this module that the next key names by its first letter; any other key does what it always does. */
export function awaitPage(): void {
  const over = new AbortController();
  setTimeout(() => over.abort(), PATIENCE_MS);
  const onKey = (event: KeyboardEvent) => {
    over.abort();
    const page = event.key.length === 1 ? pageAt(event.key, document) : undefined;
    if (page === undefined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    page.click();
  };
  // Subtle: on the document, so that it is heard before the listeners of screens, which are the window's.
  document.addEventListener("keydown", onKey, { capture: true, signal: over.signal });
}
