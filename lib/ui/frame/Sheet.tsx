/** What keys open on every screen; loaded with the first of them. */
import { Button } from "../Button.tsx";
import { KeyList, type KeyListProps } from "./KeyList.tsx";
import { PALETTE_STRINGS } from "./key_strings.ts";
import { Palette } from "./Palette.tsx";
import { STRINGS } from "../strings.ts";

export interface SheetProps extends KeyListProps {
  readonly shows: "keys" | "palette";
  /** What was typed before this was loaded. */
  readonly typed: string | undefined;
  readonly onClose: () => void;
}

/** The list of keys, or all that can be done on the page. */
export function Sheet(props: SheetProps) {
  return (
    <div class="flex flex-col items-start gap-4 p-4">
      <h1 id="sheet" class="sr-only">{props.shows === "keys" ? STRINGS.keySheet : PALETTE_STRINGS.palette}</h1>
      {props.shows === "keys" ? <KeyList {...props} /> : <Palette typed={props.typed} onClose={props.onClose} />}
      <Button onClick={props.onClose}>{STRINGS.close}</Button>
    </div>
  );
}
