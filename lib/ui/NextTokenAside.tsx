import { useState } from "preact/hooks";
import type { NextToken } from "../lm/next.ts";
import { Button } from "./Button.tsx";
import { cx } from "./cx.ts";
import { nextHref } from "./next_token_screen.ts";
import { NEXT_TOKEN_STRINGS as TEXT } from "./next_token_strings.ts";
import type { NextTokenViewProps } from "./NextTokenView.tsx";
import { bits, count, fixed, percent, probability } from "./number_format.ts";
import { pathRows } from "./path_tree.ts";
import { displayToken, displayTokens } from "./token_display.ts";

type NextTokenAsideProps = NextTokenViewProps & { readonly next: NextToken };

/** Beside the candidates: how unsure the model is, the target's token, any token of the vocabulary, and what was tried. */
export function NextTokenAside(props: NextTokenAsideProps) {
  const { step, target } = props.next;
  return (
    <div class="flex flex-col gap-5">
      <dl class="grid grid-cols-[1fr_auto] gap-x-3 gap-y-0.5 text-13 text-soft">
        <dt>{TEXT.entropy}</dt>
        <dd class="text-right font-mono text-ink tabular-nums">{bits(step.entropyNats)} bits</dd>
        <dt>{TEXT.effective}</dt>
        <dd class="text-right font-mono text-ink tabular-nums">{fixed(Math.exp(step.entropyNats), 1)}</dd>
        {props.screen.target !== undefined && (
          <>
            <dt>{TEXT.targetToken}</dt>
            <dd class="text-right font-mono text-ink tabular-nums">
              {target === undefined ? "–" : `${displayToken(target.token).text} `}
              {target !== undefined && (
                <span class="block text-12 text-soft">
                  {TEXT.targetPlace(count(target.rank), probability(target.logprob))}
                </span>
              )}
            </dd>
          </>
        )}
      </dl>
      <AppendForm {...props} />
      <FindForm {...props} />
      <TriedPaths {...props} />
      <p class="text-12 text-soft">{TEXT.keys}</p>
    </div>
  );
}

function AppendForm({ screen, params, path, isReady, onAppend }: NextTokenAsideProps) {
  const [text, setText] = useState("");
  return (
    <form
      method="get"
      action={`/${screen.module}/${screen.component}`}
      class="flex flex-col gap-1"
      onSubmit={(event) => {
        event.preventDefault();
        if (text === "") return;
        onAppend(text);
        setText("");
      }}
    >
      <label for="append" class="text-12 text-soft">{TEXT.append}</label>
      <HiddenPlace href={nextHref({ ...screen, params }, path)} />
      <div class="flex gap-2">
        <input
          id="append"
          name="append"
          value={text}
          autocomplete="off"
          spellcheck={false}
          title={TEXT.appendHint}
          onInput={(event) => setText(event.currentTarget.value)}
          class="min-h-[32px] min-w-0 flex-1 rounded-md border border-line bg-panel px-2 py-1 font-mono text-13"
        />
        <Button submit disabled={isReady && text === ""}>{TEXT.add}</Button>
      </div>
    </form>
  );
}

/** What a GET form must carry, so that it changes one thing of the place and keeps the rest. */
function HiddenPlace({ href }: { readonly href: string }) {
  const query = new URLSearchParams(href.slice(href.indexOf("?")));
  return <>{[...query].map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}</>;
}

function FindForm({ next, query, screen, params, path, onFind, onGo }: NextTokenAsideProps) {
  return (
    <div class="flex flex-col gap-1">
      <label for="find" class="text-12 text-soft">{TEXT.find}</label>
      <input
        id="find"
        type="search"
        value={query}
        placeholder={TEXT.findHint}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => onFind(event.currentTarget.value)}
        class="min-h-[32px] rounded-md border border-line bg-panel px-2 py-1 font-mono text-13"
      />
      {query !== "" && next.found !== undefined && (
        <>
          <p class="text-12 text-soft" role="status">
            {next.found.length === 0 ? TEXT.foundNone : TEXT.found(count(next.found.length))}
          </p>
          <ul class="max-h-[240px] overflow-y-auto font-mono text-12 tabular-nums">
            {next.found.map(({ token, rank, logprob }) => (
              <li key={token.id}>
                <a
                  href={nextHref({ ...screen, params }, [...path, token.id])}
                  onClick={(event) => {
                    event.preventDefault();
                    onGo([...path, token.id]);
                  }}
                  class="flex gap-2 rounded-sm px-1 py-0.5 hover:bg-sunk"
                >
                  <span class="min-w-0 flex-1 break-words">{displayToken(token).text}</span>
                  <span class="text-soft">{count(rank)}</span>
                  <span>{percent(logprob)}</span>
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

/** Deeper than this a row is no further to the right. */
const MOST_INDENT = 5;

function TriedPaths({ tried, screen, params, path, onGo }: NextTokenAsideProps) {
  const rows = pathRows(tried);
  if (rows.length === 0) return null;
  const current = path.join();
  return (
    <nav aria-label={TEXT.tried}>
      <h3 class="pb-1 text-12 text-soft">{TEXT.tried}</h3>
      <ul class="font-mono text-12">
        {rows.map(({ depth, before, tokens }) => {
          const whole = [...before, ...tokens.map(({ id }) => id)];
          const indent = Math.min(depth, MOST_INDENT);
          const isOn = current !== "" && (current.startsWith(whole.join()) || whole.join().startsWith(current));
          return (
            <li
              key={whole.join()}
              class={cx(
                indent === 1 && "pl-3",
                indent === 2 && "pl-6",
                indent === 3 && "pl-9",
                indent === 4 && "pl-12",
                indent === 5 && "pl-14",
              )}
            >
              <a
                href={nextHref({ ...screen, params }, whole)}
                aria-current={whole.join() === current ? "true" : undefined}
                onClick={(event) => {
                  event.preventDefault();
                  onGo(whole);
                }}
                class={cx("block break-words rounded-sm px-1 py-0.5 hover:bg-sunk", isOn ? "text-ink" : "text-soft")}
              >
                {displayTokens(tokens).map(({ text }) => text).join("")}
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
