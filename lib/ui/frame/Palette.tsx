import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { cx } from "../cx.ts";
import { PALETTE_STRINGS as TEXT } from "./key_strings.ts";
import { matching, type PaletteItem, paletteItems } from "./palette_items.ts";

interface PaletteProps {
  /** What was typed before this was loaded. */
  readonly typed: string | undefined;
  readonly onClose: () => void;
}

/** Everything that can be done on the page, found by typing a part of its name. */
export function Palette({ typed = "", onClose }: PaletteProps) {
  const [query, setQuery] = useState(typed);
  const [active, setActive] = useState(0);
  const [items] = useState(() => paletteItems(document));
  const field = useRef<HTMLInputElement>(null);
  const found = matching(items, query);

  // Subtle: before anything is drawn, so that no key of somebody quick is lost.
  useLayoutEffect(() => field.current?.focus(), []);
  useLayoutEffect(() => {
    document.getElementById(`palette-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active]);

  function take(item: PaletteItem | undefined): void {
    if (item === undefined) return;
    onClose();
    item.element.focus();
    if (item.kind !== "field") item.element.click();
  }

  function onKeyDown(event: JSX.TargetedKeyboardEvent<HTMLInputElement>): void {
    if (event.isComposing) return;
    if (event.key === "Enter") take(found[active]);
    else if (event.key === "ArrowDown") setActive(Math.min(active + 1, found.length - 1));
    else if (event.key === "ArrowUp") setActive(Math.max(active - 1, 0));
    else return;
    event.preventDefault();
  }

  return (
    <div class="flex w-full flex-col gap-2">
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-label={TEXT.find}
        placeholder={TEXT.find}
        aria-expanded="true"
        aria-controls="palette"
        aria-activedescendant={found.length > 0 ? `palette-${active}` : undefined}
        autocomplete="off"
        spellcheck={false}
        value={query}
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        class="min-h-[32px] w-full rounded-md border border-edge bg-panel px-2 py-1"
      />
      <ul id="palette" role="listbox" aria-label={TEXT.palette} class="max-h-[50vh] overflow-y-auto">
        {found.map((item, index) => (
          <li
            key={`${item.kind} ${item.label}`}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === active}
            onClick={() => take(item)}
            class={cx(
              "flex cursor-pointer items-baseline gap-3 rounded-md px-2 py-1 hover:bg-sunk",
              index === active && "bg-sunk font-semibold",
            )}
          >
            <span class="min-w-0 truncate">{item.label}</span>
            <span class="ml-auto text-12 font-normal text-soft">{TEXT.kinds[item.kind]}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p role="status" class="text-soft">{TEXT.none}</p>}
    </div>
  );
}
