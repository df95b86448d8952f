import type { TokenId } from "../../lm/token.ts";
import { cx } from "../cx.ts";
import { opensBeside } from "../page_key.ts";
import { type PathNode, pathRows } from "./path_tree.ts";
import { displayTokens } from "./token_display.ts";

interface PathTreeProps {
  readonly roots: readonly PathNode[];
  readonly label: string;
  /** The path that is on screen. */
  readonly current: readonly TokenId[];
  /** Where a path is found without JavaScript; absent where it is not. */
  readonly hrefOf?: (path: readonly TokenId[]) => string;
  /** @param forkedAt how many tokens of the path stand before the row that was chosen */
  readonly onGo: (path: readonly TokenId[], forkedAt: number) => void;
}

/** Deeper than this a row is no further to the right. */
const MOST_INDENT = 5;
const MOST_ROWS = 200;

/** Paths that share their beginnings: a row a stretch without forks, each leading to where it ends. */
export function PathTree({ roots, label, current, hrefOf, onGo }: PathTreeProps) {
  const here = current.join();
  return (
    <nav aria-label={label}>
      <ul class="font-mono text-12">
        {pathRows(roots).slice(0, MOST_ROWS).map(({ depth, before, tokens }) => {
          const whole = [...before, ...tokens.map(({ id }) => id)];
          const key = whole.join();
          const isOn = here !== "" && (`${here},`.startsWith(`${key},`) || `${key},`.startsWith(`${here},`));
          const indent = Math.min(depth, MOST_INDENT);
          const row = {
            "aria-current": key === here ? "true" as const : undefined,
            class: cx(
              "block max-w-full truncate rounded-sm px-1 py-0.5 text-left hover:bg-sunk",
              isOn ? "text-ink" : "text-soft",
              key === here && "font-semibold",
            ),
          };
          const text = displayTokens(tokens).map((token) => token.text).join("");
          return (
            <li
              key={key}
              class={cx(
                indent === 1 && "pl-3",
                indent === 2 && "pl-6",
                indent === 3 && "pl-9",
                indent === 4 && "pl-12",
                indent === 5 && "pl-14",
              )}
            >
              {hrefOf === undefined
                ? <button type="button" {...row} onClick={() => onGo(whole, before.length)}>{text}</button>
                : (
                  <a
                    href={hrefOf(whole)}
                    {...row}
                    onClick={(event) => {
                      if (opensBeside(event)) return;
                      event.preventDefault();
                      onGo(whole, before.length);
                    }}
                  >
                    {text}
                  </a>
                )}
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
