import { useMemo } from "preact/hooks";
import type { Step } from "../../lm/event.ts";
import { Button } from "../Button.tsx";
import { GENERATION_STRINGS as TEXT } from "../generation_strings.ts";
import { fixed } from "../measure_text.ts";
import { count } from "../number_format.ts";
import { Panel } from "../Panel.tsx";
import { STRINGS } from "../strings.ts";
import { tokenDiff } from "../token/text_diff.ts";
import { displayTokens } from "../token/token_display.ts";

/** One side of a comparison. */
export interface ComparedCompletion {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly metrics: Readonly<Record<string, number | undefined>>;
}

interface CompletionDiffProps {
  readonly before: ComparedCompletion;
  readonly after: ComparedCompletion;
  readonly onClose: () => void;
}

/** Two completions token by token: what both have, what the first alone has, and what the second alone has. */
export function CompletionDiff({ before, after, onClose }: CompletionDiffProps) {
  const { parts, common } = useMemo(() => tokenDiff(shown(before), shown(after)), [before.steps, after.steps]);
  const from = before.steps.findIndex(({ token }, index) => token.id !== after.steps[index]?.token.id);
  const departure = from < 0 && after.steps.length > before.steps.length ? before.steps.length : from;
  const metrics = Object.keys(before.metrics).filter((name) => name in after.metrics);
  return (
    <Panel
      title={TEXT.difference(before.name, after.name)}
      facts={departure < 0
        ? TEXT.sameTokens
        : TEXT.differsAt(departure + 1, common === undefined ? undefined : count(common))}
      actions={<Button onClick={onClose}>{STRINGS.close}</Button>}
    >
      <p dir="auto" class="whitespace-pre-wrap break-words p-3 font-mono text-token">
        {parts.map(({ value, added, removed }, index) => {
          const text = value.map((token) => token.text + (token.breaksLine ? "\n" : "")).join("");
          if (removed) return <del key={index} class="rounded-sm bg-badsunk text-bad">{text}</del>;
          return added ? <ins key={index} class="rounded-sm bg-field4">{text}</ins> : text;
        })}
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

function shown({ steps }: ComparedCompletion) {
  const displayed = displayTokens(steps.map(({ token }) => token));
  return steps.map(({ token: { id } }, index) => ({
    id,
    text: displayed[index]?.text ?? "",
    breaksLine: displayed[index]?.breaksLine === true,
  }));
}
