import { visibleText } from "../../lm/visible_text.ts";
import { branchOutline } from "./branch_outline.ts";
import { siblings } from "./chat_state.ts";
import { CHAT_STRINGS as TEXT } from "./chat_strings.ts";
import type { ChatViewProps } from "./chat_props.ts";
import { cx } from "../cx.ts";
import { plural } from "../number_format.ts";
import { STRINGS } from "../strings.ts";

/** What the key "o" opens. */
const OUTLINE = "branches";

/** Deeper than this a row is no further to the right. */
const MOST_INDENT = 4;

/** All versions at all forks of the conversation, each with what tells it from the others; nothing without a fork. */
export function BranchOutline({ chat, on }: ChatViewProps) {
  const rows = branchOutline(chat);
  if (rows.length === 0) return null;
  return (
    <details id={OUTLINE} class="rounded-lg border border-line bg-panel">
      <summary class="px-3 py-2">
        <b class="font-semibold">{TEXT.branches}</b>{" "}
        <span class="text-12 text-soft">{plural(rows.length, "version", "versions")}</span>
      </summary>
      <ol class="max-h-[40vh] overflow-y-auto border-t border-line p-2">
        {rows.map(({ turn, depth, text, isCut, later, isShown }) => {
          const indent = Math.min(depth, MOST_INDENT);
          const versions = siblings(chat, turn);
          return (
            <li
              key={turn.id}
              class={cx(
                indent === 1 && "pl-4",
                indent === 2 && "pl-8",
                indent === 3 && "pl-12",
                indent === 4 && "pl-16",
              )}
            >
              <button
                type="button"
                aria-current={isShown ? "true" : undefined}
                onClick={() => on.version(turn)}
                class={cx(
                  "flex w-full items-baseline gap-2 rounded-md px-2 py-0.5 text-left hover:bg-sunk",
                  isShown ? "font-semibold" : "text-soft",
                )}
              >
                <span class="text-12 font-normal text-soft tabular-nums">
                  {turn.role === "user" ? TEXT.user : TEXT.assistant}{" "}
                  {STRINGS.ordinal(versions.indexOf(turn) + 1, versions.length)}
                </span>
                <span class="min-w-0 truncate" dir="auto">{`${isCut ? "… " : ""}${visibleText(text)}`}</span>
                {later > 0 && (
                  <span class="ml-auto whitespace-nowrap text-12 font-normal text-soft">
                    {TEXT.laterTurns(plural(later, "turn", "turns"))}
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ol>
    </details>
  );
}

/** Opens the outline with the focus on what is on screen, or closes it again; false where there is none. */
export function toggleOutline(): boolean {
  const outline = document.getElementById(OUTLINE);
  if (!(outline instanceof HTMLDetailsElement)) return false;
  outline.open = !outline.open;
  const to = outline.open
    ? outline.querySelector<HTMLElement>("[aria-current=true]")
    : outline.querySelector("summary");
  to?.focus();
  return true;
}
