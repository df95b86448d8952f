import { useState } from "preact/hooks";
import { cx } from "../cx.ts";
import { KEY_STRINGS, KEYS } from "./key_strings.ts";

export interface KeyListProps {
  /** Whether keys of a single character do nothing. */
  readonly isOff: boolean;
  readonly onSwitch: (off: boolean) => void;
}

/** What the keys do, screen by screen, and a switch for those of a single character. */
export function KeyList(props: KeyListProps) {
  const [isOff, setOff] = useState(props.isOff);
  function switchKeys(off: boolean): void {
    setOff(off);
    props.onSwitch(off);
    try {
      localStorage.singleKeys = off ? "off" : "on";
    } catch {
      // A browser that keeps nothing: it holds until the page is left.
    }
  }
  return (
    <>
      <label class="flex cursor-pointer items-baseline gap-2">
        <input
          type="checkbox"
          checked={!isOff}
          aria-describedby="single-keys"
          onChange={(event) => switchKeys(!event.currentTarget.checked)}
          class="accent-accent"
        />
        <span>
          {KEY_STRINGS.single}{" "}
          <span id="single-keys" class="block text-12 text-soft">{KEY_STRINGS.singleExplained}</span>
        </span>
      </label>
      {KEYS.map(({ screen, keys }) => (
        <section key={screen} aria-label={screen}>
          <h2 class="pb-1 font-semibold">{screen}</h2>
          <dl class="grid grid-cols-[128px_1fr] gap-x-3 gap-y-1">
            {keys.map(([key, meaning]) => (
              <>
                <dt key={key} class={cx("font-mono text-13", isOff && isSingle(key) && "text-soft line-through")}>
                  {key}
                </dt>
                <dd key={meaning} class="text-soft">{meaning}</dd>
              </>
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}

/** Whether all the keys of a line are single characters. @example isSingle("/, f") is true, isSingle("Ctrl/⌘ Z") is not */
function isSingle(keys: string): boolean {
  return !/[←→↑↓]/.test(keys) && keys.split(/[\s,–]+/).every((key) => [...key].length === 1);
}
