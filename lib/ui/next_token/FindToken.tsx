import type { Candidate } from "../../lm/event.ts";
import type { TokenId } from "../../lm/token.ts";
import { HiddenPlace } from "../token/HiddenPlace.tsx";
import { nextHref } from "../address/next_token_screen.ts";
import { NEXT_TOKEN_STRINGS as TEXT } from "./next_token_strings.ts";
import type { NextTokenViewProps } from "./next_token_props.ts";
import { count } from "../number_format.ts";
import { numberText } from "../address/probability_column.ts";
import { opensBeside } from "../page_key.ts";
import { displayToken } from "../token/token_display.ts";

/** Looks through the whole vocabulary: as one types, or without JavaScript on Enter. */
export function FindField({ screen, params, path, query, onFind, onAppend }: NextTokenViewProps) {
  return (
    <form
      method="get"
      role="search"
      action={`/${screen.module}/${screen.component}`}
      onSubmit={(event) => {
        event.preventDefault();
        document.querySelector<HTMLElement>("[data-found]")?.focus();
      }}
    >
      <HiddenPlace href={nextHref({ ...screen, params }, path)} />
      <input
        id="find"
        type="search"
        name="find"
        value={query}
        aria-label={TEXT.find}
        placeholder={TEXT.find}
        title={TEXT.findHint}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => onFind(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || query === "") return;
          event.preventDefault();
          void onAppend(query);
        }}
        class="min-h-[32px] w-[116px] sm:w-[160px] rounded-md border border-line bg-panel px-2 py-1"
      />
    </form>
  );
}

interface FoundProps extends Pick<NextTokenViewProps, "screen" | "params" | "onGo"> {
  readonly found: readonly Candidate[];
  /** The path after which they are found. */
  readonly listedAt: readonly TokenId[];
}

/** What was found, above the candidates: its rank and its raw probability. */
export function Found({ found, listedAt, screen, params, onGo }: FoundProps) {
  return (
    <div class="border-b border-line bg-sunk px-3 py-2">
      <p class="pb-1 text-12 text-soft" role="status">
        {found.length === 0 ? TEXT.foundNone : TEXT.found(count(found.length))}
      </p>
      <ul class="flex max-h-[160px] flex-wrap gap-2 overflow-y-auto font-mono text-12 tabular-nums">
        {found.map(({ token, rank, logprob }) => (
          <li key={token.id}>
            <a
              data-found
              href={nextHref({ ...screen, params }, [...listedAt, token.id])}
              onClick={(event) => {
                if (opensBeside(event)) return;
                event.preventDefault();
                onGo([...listedAt, token.id]);
              }}
              class="inline-flex gap-2 rounded-md border border-line bg-panel px-2 py-1 hover:border-accent"
            >
              <span class="break-words">{displayToken(token).text}</span>
              <span class="text-soft">{TEXT.foundRank(count(rank))}</span>
              <span>{numberText(logprob, screen.numbers)}{TEXT.unit[screen.numbers]}</span>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
