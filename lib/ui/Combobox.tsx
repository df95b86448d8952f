import { visibleText } from "../lm/visible_text.ts";
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { cx } from "./cx.ts";
import { plural } from "./number_format.ts";
import { STRINGS } from "./strings.ts";

interface ComboboxProps {
  readonly id: string;
  readonly choices: readonly string[];
  readonly value: string;
  readonly onChange: (choice: string) => void;
}

/** Matches drawn at once. */
const SHOWN_MATCHES = 100;

/** One of many texts, found by typing a part of it: arrows move, Enter picks, Escape gives up. */
export function Combobox({ id, choices, value, onChange }: ComboboxProps) {
  /** What is being typed; undefined while the list is closed. */
  const [query, setQuery] = useState<string | undefined>(undefined);
  const [active, setActive] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const isOpen = query !== undefined;
  const matches = isOpen ? matching(choices, query) : [];
  // A window of the matches around the active one, so that arrows reach all of them.
  const start = Math.max(0, Math.min(active - SHOWN_MATCHES / 2, matches.length - SHOWN_MATCHES));

  function open(): void {
    setQuery("");
    setActive(Math.max(0, choices.indexOf(value)));
  }

  function pick(choice: string | undefined): void {
    if (choice !== undefined) onChange(choice);
    setQuery(undefined);
  }

  function move(step: number): void {
    // Closed, the arrows change the value at once and go round at the ends, as in a select.
    if (!isOpen) return onChange(choices[(choices.indexOf(value) + step + choices.length) % choices.length] ?? value);
    const next = (active + step + matches.length) % Math.max(1, matches.length);
    setActive(next);
  }

  useLayoutEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active, isOpen]);

  // What is typed next takes the place of the value, and is not searched for behind it.
  useLayoutEffect(() => {
    if (!isOpen && document.activeElement === field.current) field.current?.select();
  }, [value, isOpen]);

  function onKeyDown(event: JSX.TargetedKeyboardEvent<HTMLInputElement>): void {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter" && isOpen) pick(matches[active]);
    else if (event.key === "Escape" && isOpen) setQuery(undefined);
    else if (event.key === " " && !isOpen) open();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div class="relative min-w-0">
      <input
        ref={field}
        id={id}
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-activedescendant={isOpen && matches.length > 0 ? `${id}-${active}` : undefined}
        value={isOpen ? query : value}
        placeholder={visibleText(value)}
        onClick={open}
        onBlur={() => setQuery(undefined)}
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        class="min-h-[32px] w-[320px] max-w-full rounded-md border bg-panel px-2 py-1"
      />
      {isOpen && (
        <div class="absolute left-0 z-10 mt-1 w-full min-w-[220px] rounded-md border border-edge bg-panel">
          <ul id={`${id}-list`} role="listbox" class="max-h-[280px] overflow-y-auto py-1">
            {matches.slice(start, start + SHOWN_MATCHES).map((choice, index) => (
              <li
                key={choice}
                id={`${id}-${start + index}`}
                role="option"
                aria-selected={choice === value}
                onMouseDown={(event) => {
                  // Before the field loses its focus, which closes the list.
                  event.preventDefault();
                  pick(choice);
                }}
                class={cx("cursor-pointer break-words px-2 py-1", start + index === active && "bg-sunk font-semibold")}
              >
                {visibleText(choice)}
              </li>
            ))}
          </ul>
          <p class="border-t px-2 py-1 text-12 text-soft">
            {matches.length === 0 ? STRINGS.noMatch : plural(matches.length, "match", "matches")}
          </p>
        </div>
      )}
    </div>
  );
}

function matching(choices: readonly string[], query: string): readonly string[] {
  const wanted = query.toLowerCase();
  return wanted === "" ? choices : choices.filter((choice) => choice.toLowerCase().includes(wanted));
}
