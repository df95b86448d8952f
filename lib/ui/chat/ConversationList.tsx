import { visibleText } from "../../lm/visible_text.ts";
import { CHAT_STRINGS as TEXT } from "./chat_strings.ts";
import type { ChatViewProps } from "./chat_props.ts";
import { canOpen, conversations } from "./conversations.ts";
import { cx } from "../cx.ts";
import { count, plural } from "../number_format.ts";

/** The conversations of this browser, with a search over all that was said in them; nothing where none can be opened. */
export function ConversationList({ chat, query, on }: ChatViewProps) {
  if (!canOpen(chat)) return null;
  const all = conversations(chat, "").length;
  const found = conversations(chat, query);
  return (
    <details class="rounded-lg border border-line bg-panel">
      <summary class="px-3 py-2">
        <b class="font-semibold">{TEXT.conversations}</b> <span class="text-12 text-soft">{TEXT.kept(count(all))}</span>
      </summary>
      <div class="flex flex-col gap-1.5 border-t border-line p-3">
        <input
          type="search"
          value={query}
          aria-label={TEXT.find}
          placeholder={TEXT.find}
          onInput={(event) => on.query(event.currentTarget.value)}
          class="min-h-[32px] rounded-md border border-line bg-panel px-2 py-1"
        />
        {found.length === 0 && <p role="status" class="text-soft">{TEXT.foundNone}</p>}
        <ul class="max-h-[30vh] overflow-y-auto">
          {found.map(({ conversation, title, turns }) => (
            <li key={conversation}>
              <button
                type="button"
                aria-current={conversation === chat.conversation ? "true" : undefined}
                onClick={() => on.open(conversation)}
                class={cx(
                  "flex w-full items-baseline gap-3 rounded-md px-2 py-1 text-left hover:bg-sunk",
                  conversation === chat.conversation && "font-semibold",
                )}
              >
                <span class="min-w-0 truncate" dir="auto">{visibleText(title)}</span>
                <span class="ml-auto whitespace-nowrap text-12 text-soft">{plural(turns, "turn", "turns")}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}
