import type { Candidate, Step as TakenStep } from "../../lm/event.ts";
import type { SurvivalVerdict } from "../../lm/survival.ts";
import type { Token, TokenId } from "../../lm/token.ts";
import { cx } from "../cx.ts";
import { nextHref } from "../address/next_token_screen.ts";
import { NEXT_TOKEN_STRINGS as TEXT } from "./next_token_strings.ts";
import type { NextTokenViewProps } from "./next_token_props.ts";
import { MISSING, plural, probability } from "../number_format.ts";
import { opensBeside } from "../page_key.ts";
import { Panel } from "../Panel.tsx";
import { rankText } from "../token/EvidenceBadge.tsx";
import { displayToken, displayTokens, knownTokens, tokenName } from "../token/token_display.ts";
import { heat } from "../token/token_heat.ts";

/** The tokens chosen so far, each a link back to where it was chosen, and the ways to choose the next. */
export function PathPanel(
  { screen, params, path, steps, verdicts, next, candidates, queued, onGo, onStep }: NextTokenViewProps,
) {
  const here = { ...screen, params };
  const told = next?.path ?? [];
  const parts = path.findIndex((id, index) => id !== told[index]?.id);
  const known = told.slice(0, parts < 0 ? path.length : parts);
  const displayed = displayTokens(known);
  const ways = waysOn(path, next);
  const ofPrompt = next?.prompt && knownTokens(next.prompt);
  const chosen = TEXT.chosen(plural(path.length, "token", "tokens"));
  const facts = ofPrompt === undefined
    ? chosen
    : `${TEXT.ofPrompt(plural(ofPrompt.length, "token", "tokens"))} · ${chosen}`;
  return (
    <Panel
      title={TEXT.textSoFar}
      facts={facts}
      actions={
        <>
          {ways.map(([key, text, to, label]) => (
            <Step
              key={key}
              href={to && nextHref(here, to)}
              path={to ?? path}
              onGo={() => onStep(key)}
              keys={SHOWN_KEYS[key]}
              label={label}
            >
              {text}
            </Step>
          ))}
        </>
      }
    >
      <div
        role="group"
        aria-label={TEXT.pathLabel}
        dir="auto"
        class="whitespace-pre-wrap break-words p-3 font-mono text-token"
      >
        {path.length === 0 && (
          <span class="font-sans text-14 text-soft">{next === undefined ? TEXT.nothing : TEXT.empty}</span>
        )}
        {known.map((token, index) => (
          <>
            <Step
              key={index}
              href={nextHref(here, path.slice(0, index + 1))}
              onGo={onGo}
              path={path.slice(0, index + 1)}
              label={tokenLabel(token, steps[index])}
              token={{ step: steps[index], isLost: isLost(verdicts[index]) }}
            >
              {displayed[index]?.text ?? ""}
            </Step>
            {displayed[index]?.breaksLine === true && <br />}
          </>
        ))}
        {path.slice(known.length).map((id, index) => (
          <span key={`asked ${index}`} class="border-b border-dashed border-edge text-soft">
            {pendingText(id, candidates)}
          </span>
        ))}
        {queued > 0 && (
          <span role="status" class="ml-2 font-sans text-12 text-soft">
            {TEXT.queued(plural(queued, "key", "keys"))}
          </span>
        )}
      </div>
      <Dice {...{ screen, params, path, verdicts, onGo }} />
      {next?.isEnded === true && <Ended back={nextHref(here, path.slice(0, -1))} onBack={() => onStep("Backspace")} />}
    </Panel>
  );
}

type Way = readonly [key: string, text: string, to: readonly TokenId[] | undefined, label?: string | undefined];

/** The ways on that a button has, each with the key that does the same. */
function waysOn(path: readonly TokenId[], next: NextTokenViewProps["next"]): readonly Way[] {
  const after = (token: Token | undefined) => token && [...next?.path.map(({ id }) => id) ?? path, token.id];
  const sampled = next?.step.token;
  return [
    ["Backspace", TEXT.back, path.length > 0 ? path.slice(0, -1) : undefined],
    ["ArrowRight", TEXT.greedy, after(next?.step.top.find(({ rank }) => rank === 1)?.token)],
    ["s", TEXT.sample, after(sampled), sampled && TEXT.sampled(displayToken(sampled).text)],
    ["t", TEXT.takeTarget, after(next?.target?.token)],
  ];
}

const SHOWN_KEYS: Readonly<Record<string, string>> = { Backspace: "⌫", ArrowRight: "→", s: "s", t: "t" };

/** The last token ends a completion: what can be done nevertheless. */
function Ended({ back, onBack }: { readonly back: string; readonly onBack: () => void }) {
  return (
    <div class="mx-3 mb-3 flex flex-wrap items-center gap-2 border-l-2 border-accent bg-sunk px-3 py-2">
      <p class="mr-auto">{TEXT.ended}</p>
      <Step href={back} path={[]} onGo={onBack}>{TEXT.stepBack}</Step>
      <a href="#append" class="text-accent underline">{TEXT.force}</a>
    </div>
  );
}

/** A token that was taken and is not answered yet. */
function pendingText(id: TokenId, candidates: readonly Candidate[]): string {
  const token = candidates.find((candidate) => candidate.token.id === id)?.token;
  return token === undefined ? `⟨${id}⟩` : displayTokens([token])[0]?.text ?? "";
}

/** Where the dice of the params would have gone another way, and a link there. */
function Dice(
  { screen, params, path, verdicts, onGo }: Pick<
    NextTokenViewProps,
    "screen" | "params" | "path" | "verdicts" | "onGo"
  >,
) {
  const known = verdicts.findIndex((verdict) => verdict === undefined || verdict.kind === "unknown");
  const at = verdicts.findIndex(isLost);
  if (path.length === 0 || (known >= 0 && (at < 0 || known < at))) return null;
  if (at < 0) return <p class="px-3 pb-2 text-12 text-soft">{TEXT.stays}</p>;
  const verdict = verdicts[at];
  const to = verdict?.kind === "lost" ? verdict.to?.token : undefined;
  const branch = to === undefined ? path.slice(0, at) : [...path.slice(0, at), to.id];
  return (
    <p class="flex flex-wrap items-center gap-2 px-3 pb-2 text-12 text-soft">
      {to === undefined ? TEXT.leaves(at + 1) : TEXT.leavesFor(at + 1, displayToken(to).text)}
      <Step href={nextHref({ ...screen, params }, branch)} path={branch} onGo={onGo}>{TEXT.branchThere}</Step>
    </p>
  );
}

function isLost(verdict: SurvivalVerdict | undefined): boolean {
  return verdict?.kind === "lost" || verdict?.kind === "excluded";
}

function tokenLabel(token: Token, step: TakenStep | undefined): string {
  const numbers = step?.logprob === undefined
    ? `id ${token.id}`
    : `id ${token.id}, p ${probability(step.logprob)}, rank ${rankOf(step)}`;
  return `${tokenName(displayToken(token))}, ${numbers}`;
}

function rankOf({ rank, evidence }: TakenStep): string {
  return rank === undefined ? MISSING : rankText(rank, evidence);
}

interface StepProps {
  /** Undefined when there is no such way from here. */
  readonly href: string | undefined;
  readonly path: readonly TokenId[];
  readonly onGo: (path: readonly TokenId[]) => void;
  readonly label?: string | undefined;
  /** Drawn as a token of the path. */
  readonly token?: { readonly step: TakenStep | undefined; readonly isLost: boolean };
  /** Its key, shown beside the text where there is room. */
  readonly keys?: string | undefined;
  readonly children: string;
}

/** A way to another prefix: a plain link, taken without leaving the page where that works. */
export function Step({ href, path, onGo, label, token, keys, children }: StepProps) {
  const warmth = token?.step === undefined ? 0 : heat(token.step, "p");
  const look = cx(
    token !== undefined
      ? "rounded-sm border-b border-edge py-px hover:border-accent"
      : "inline-flex min-h-[32px] items-center gap-1.5 rounded-md border border-line bg-panel px-2.5 py-1 hover:bg-sunk",
    token !== undefined && warmth === 0 && "bg-sunk",
    warmth === 1 && "bg-heat1",
    warmth === 2 && "bg-heat2",
    warmth === 3 && "bg-heat3",
    warmth === 4 && "bg-heat4",
    token?.isLost === true && "line-through decoration-warn",
    href === undefined && "opacity-50",
  );
  const hint = keys && <kbd aria-hidden="true" class="hidden font-mono text-11 text-soft mid:inline">{keys}</kbd>;
  if (href === undefined) return <span role="link" aria-disabled="true" class={look}>{children}{hint}</span>;
  return (
    <a
      href={href}
      title={label}
      // Subtle: beside a key that is seen, a name without it would not be what is seen; the title describes it then.
      aria-label={keys === undefined ? label : undefined}
      data-chosen={token && true}
      class={look}
      onClick={(event) => {
        if (opensBeside(event)) return;
        event.preventDefault();
        onGo(path);
      }}
    >
      {children}
      {hint}
    </a>
  );
}
