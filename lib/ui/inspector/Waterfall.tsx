import type { ComponentChildren } from "preact";
import type { Candidate, ProcessorLog, ProcessorName, Step } from "../../lm/event.ts";
import { CANDIDATE_STRINGS } from "./candidate_strings.ts";
import { cx } from "../cx.ts";
import { GENERATION_STRINGS as TEXT } from "../generation_strings.ts";
import { count, percent, rounded } from "../number_format.ts";
import { Move } from "../params/OrderParam.tsx";
import { dragging, placed } from "../params/processor_order.ts";
import { displayToken } from "../token/token_display.ts";

type Order = readonly ProcessorName[];

interface WaterfallProps {
  readonly step: Step;
  /** What is said above it: by which params this is. */
  readonly caption: string;
  /** The order of all processors, acting or not. */
  readonly order: Order;
  /** Absent where the order is not for a reader to change. */
  readonly onOrder?: ((order: Order) => void) | undefined;
}

/** Most candidates that it shows. */
const MOST_ROWS = 10;

/**
 * A step's processors in the order in which they acted: each candidate's probability after each, what removed it, and at
 * the end the sum with its noise, of which the largest is drawn unless the token was forced.
 */
export function Waterfall({ step, caption, order, onOrder }: WaterfallProps) {
  const { processors } = step;
  if (step.draw.kind === "remote" || step.top.length === 0) return null;
  const isDrawn = step.draw.kind !== "greedy" && step.top.some(({ noise }) => noise !== undefined);
  if (processors.length === 0 && !isDrawn) return <p class="text-12 text-soft">{TEXT.noProcessor}</p>;
  const explained = CANDIDATE_STRINGS[step.draw.kind === "forced" ? "forcedExplained" : "drawExplained"];
  const move = (name: ProcessorName, onto: ProcessorName | undefined) => {
    if (onto !== undefined) onOrder?.(placed(order, name, order.indexOf(onto)));
  };
  return (
    <div class="overflow-x-auto" tabIndex={0} role="region" aria-label={TEXT.processors}>
      <table class="font-mono text-12 tabular-nums">
        <caption class="pb-1 text-left font-sans text-11 font-semibold text-soft">{caption}</caption>
        <thead class="border-b border-line font-sans text-11 text-soft">
          <tr>
            <th scope="col" class="py-1 text-left align-bottom font-semibold">{CANDIDATE_STRINGS.candidate}</th>
            <Head>{CANDIDATE_STRINGS.raw}</Head>
            {processors.map(({ name }, index) => (
              <StageHead
                key={name}
                name={name}
                before={processors[index - 1]?.name}
                after={processors[index + 1]?.name}
                onMove={onOrder === undefined ? undefined : (onto) => move(name, onto)}
                onDrop={(dropped) => move(dropped, name)}
              />
            ))}
            {isDrawn && <Head title={explained}>{TEXT.drawSum}</Head>}
          </tr>
        </thead>
        <tbody>
          {shown(step).map((candidate) => (
            <Row
              key={candidate.token.id}
              candidate={candidate}
              processors={processors}
              isTaken={candidate.token.id === step.token.id}
              isDrawn={isDrawn}
            />
          ))}
        </tbody>
        {processors.length > 0 && <Foot processors={processors} isDrawn={isDrawn} />}
      </table>
    </div>
  );
}

/** The most probable, and the chosen one wherever it stands. */
function shown({ top, token }: Step): readonly Candidate[] {
  return top.toSorted((one, other) => one.rank - other.rank)
    .filter((candidate, index) => index < MOST_ROWS || candidate.token.id === token.id);
}

interface StageHeadProps {
  readonly name: ProcessorName;
  /** The acting ones beside it. */
  readonly before: ProcessorName | undefined;
  readonly after: ProcessorName | undefined;
  readonly onMove: ((onto: ProcessorName | undefined) => void) | undefined;
  readonly onDrop: (dropped: ProcessorName) => void;
}

function StageHead({ name, before, after, onMove, onDrop }: StageHeadProps) {
  if (onMove === undefined) return <Head title={name}>{shortName(name)}</Head>;
  return (
    <th
      scope="col"
      {...dragging(name, onDrop)}
      title={name}
      aria-label={name}
      class="cursor-grab whitespace-nowrap py-1 pl-1.5 text-right align-bottom font-semibold"
    >
      {shortName(name)}
      {(before ?? after) !== undefined && (
        <span class="block font-normal">
          <Move label={TEXT.stageEarlier(name, before)} isOff={before === undefined} onMove={() => onMove(before)}>
            ‹
          </Move>
          <Move label={TEXT.stageLater(name, after)} isOff={after === undefined} onMove={() => onMove(after)}>›</Move>
        </span>
      )}
    </th>
  );
}

/** The columns stand side by side in the inspector, whose width is a telephone's. */
function shortName(name: ProcessorName): string {
  return TEXT.shortNames[name] ?? name;
}

interface RowProps {
  readonly candidate: Candidate;
  readonly processors: readonly ProcessorLog[];
  readonly isTaken: boolean;
  readonly isDrawn: boolean;
}

function Row({ candidate, processors, isTaken, isDrawn }: RowProps) {
  const { token, logprob, stageLogprobs = [], finalLogprob, noise } = candidate;
  const out = stageLogprobs.length;
  const { text } = displayToken(token);
  return (
    <tr class={cx(out < processors.length && "text-soft")}>
      <th
        scope="row"
        class={cx("break-anywhere max-w-[110px] py-0.5 text-left", isTaken ? "font-bold" : "font-normal")}
      >
        {out < processors.length ? <s>{text}</s> : text}
      </th>
      <Cell>{percent(logprob)}</Cell>
      {processors.map(({ name }, index) => (
        <Cell key={name} isOut={index === out} title={index === out ? CANDIDATE_STRINGS.excludedBy(name) : undefined}>
          {index < out ? percent(stageLogprobs[index] ?? -Infinity) : index === out ? TEXT.outHere : ""}
        </Cell>
      ))}
      {isDrawn && <Cell>{finalLogprob === undefined || noise === undefined ? "–" : rounded(finalLogprob + noise)}
      </Cell>}
    </tr>
  );
}

/** What each did to the whole vocabulary: one that removed nothing may still have moved what is left. */
function Foot({ processors, isDrawn }: { readonly processors: readonly ProcessorLog[]; readonly isDrawn: boolean }) {
  const rows: readonly (readonly [string, (log: ProcessorLog) => string])[] = [
    [TEXT.removed, ({ removed }) => count(removed)],
    [`${TEXT.mass} %`, ({ removed, removedMass }) => removed === 0 ? "–" : percent(Math.log(removedMass))],
    [TEXT.kept, ({ kept }) => count(kept)],
  ];
  return (
    <tfoot class="border-t border-line text-soft">
      {rows.map(([name, value]) => (
        <tr key={name}>
          <th scope="row" colSpan={2} class="py-0.5 text-left font-sans text-11 font-normal">{name}</th>
          {processors.map((log) => <Cell key={log.name}>{value(log)}</Cell>)}
          {isDrawn && <td />}
        </tr>
      ))}
    </tfoot>
  );
}

function Head({ children, title }: { readonly children: string; readonly title?: string }) {
  return (
    <th scope="col" title={title} class="whitespace-nowrap py-1 pl-1.5 text-right align-bottom font-semibold">
      {children}
    </th>
  );
}

interface CellProps {
  readonly isOut?: boolean;
  readonly title?: string | undefined;
  readonly children: ComponentChildren;
}

function Cell({ isOut = false, title, children }: CellProps) {
  return (
    <td title={title} class={cx("whitespace-nowrap py-0.5 pl-1.5 text-right", isOut && "font-sans text-11 text-warn")}>
      {children}
    </td>
  );
}
