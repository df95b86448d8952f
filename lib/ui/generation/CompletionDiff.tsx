import { useMemo } from "preact/hooks";
import { detokenize } from "../../lm/detokenize.ts";
import type { Token } from "../../lm/token.ts";
import { Button } from "../Button.tsx";
import { GENERATION_STRINGS as TEXT } from "../generation_strings.ts";
import { fixed } from "../measure_text.ts";
import { count } from "../number_format.ts";
import { Panel } from "../Panel.tsx";
import { STRINGS } from "../strings.ts";
import { DiffText } from "../token/DiffText.tsx";
import { tokenDiff } from "../token/text_diff.ts";
import { displayTokens } from "../token/token_display.ts";

/** One side of a comparison: a completion, or the target. */
export interface ComparedCompletion {
  readonly name: string;
  readonly isTarget?: boolean;
  /** Undefined for a target whose tokens nobody tells. */
  readonly steps: readonly WithToken[] | undefined;
  /** Absent where it is that of the tokens. */
  readonly text?: string | undefined;
  readonly metrics: Readonly<Record<string, number | undefined>>;
}

interface WithToken {
  readonly token: Token;
}

interface CompletionDiffProps {
  readonly before: ComparedCompletion;
  readonly after: ComparedCompletion;
  readonly onClose: () => void;
}

/**
 * What both sides have, what the first alone has, and what the second alone has: token by token, or word by word where
 * the tokens of one are not known.
 */
export function CompletionDiff({ before, after, onClose }: CompletionDiffProps) {
  const found = useMemo(() => tokensApart(before, after), [before.steps, after.steps]);
  const metrics = Object.keys(before.metrics).filter((name) => name in after.metrics);
  return (
    <Panel
      title={TEXT.difference(before.name, after.name)}
      facts={found?.facts ?? TEXT.wordByWord}
      actions={<Button onClick={onClose}>{STRINGS.close}</Button>}
    >
      <p dir="auto" class="whitespace-pre-wrap break-words p-3 font-mono text-token">
        {found === undefined ? <DiffText before={textOf(before)} after={textOf(after)} /> : found.parts.map(
          ({ value, added, removed }, index) => {
            const text = value.map((token) => token.text + (token.breaksLine ? "\n" : "")).join("");
            if (removed) return <del key={index} class="rounded-sm bg-badsunk text-bad">{text}</del>;
            return added ? <ins key={index} class="rounded-sm bg-field4">{text}</ins> : text;
          },
        )}
      </p>
      {metrics.length > 0 && (
        <p class="flex flex-wrap gap-x-3 px-3 pb-2 font-mono text-12 text-soft tabular-nums">
          {metrics.map((name) => (
            <span key={name}>
              {name} {fixed(before.metrics[name])} → <b class="font-medium text-ink">{fixed(after.metrics[name])}</b>
            </span>
          ))}
        </p>
      )}
    </Panel>
  );
}

/** The difference token by token, and where it begins; undefined where one side has no tokens. */
function tokensApart({ steps: before, isTarget = false }: ComparedCompletion, { steps: after }: ComparedCompletion) {
  if (before === undefined || after === undefined) return undefined;
  const one = shown(before), other = shown(isTarget ? withoutEnd(after) : after);
  const { parts, common } = tokenDiff(one, other);
  const from = one.findIndex(({ id }, index) => id !== other[index]?.id);
  const departure = from < 0 && other.length > one.length ? one.length : from;
  const facts = departure < 0
    ? TEXT.sameTokens
    : TEXT.differsAt(departure + 1, common === undefined ? undefined : count(common));
  return { parts, facts };
}

/** A target is text alone: the token by which a model ends is nothing that it lacks. */
function withoutEnd(steps: readonly WithToken[]): readonly WithToken[] {
  return steps.at(-1)?.token.special === true ? steps.slice(0, -1) : steps;
}

function shown(steps: readonly WithToken[]) {
  const displayed = displayTokens(steps.map(({ token }) => token));
  return steps.map(({ token: { id } }, index) => ({
    id,
    text: displayed[index]?.text ?? "",
    breaksLine: displayed[index]?.breaksLine === true,
  }));
}

function textOf({ steps = [], text }: ComparedCompletion): string {
  return text ?? detokenize(steps.map(({ token }) => token));
}
