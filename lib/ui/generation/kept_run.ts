/** A run as it is kept: tokens and params, from which its steps are had again. References are ids, so that files join. */
import * as v from "valibot";
import type { FinishReason, Problem, Step } from "../../lm/event.ts";
import type { Token } from "../../lm/token.ts";
import { paramsFromWire, paramsSchema, type WireParams } from "../../lm/wire.ts";
import { paramsToWire } from "../address/generation_screen.ts";
import { type BranchPoint, closed, type Completion, isRunning, type Run } from "./generation_state.ts";
import { KEPT_STRINGS as TEXT } from "./kept_strings.ts";

type Told = Pick<Step, "logprob" | "rank" | "entropyNats" | "top" | "evidence">;

export interface KeptCompletion {
  readonly id: string;
  /** Whose dice fell: the salt of its noise. */
  readonly sequence: number;
  readonly tokens: readonly Token[];
  /** What a server told of each token, which cannot be had again. */
  readonly told?: readonly Told[] | undefined;
  /** The completion that it left, and where. */
  readonly from?: { readonly id: string; readonly position: number } | undefined;
  readonly reason?: FinishReason | undefined;
  readonly text?: string | undefined;
  readonly metrics: Readonly<Record<string, number | undefined>>;
}

export interface KeptRun {
  readonly id: string;
  readonly phase: "done" | "stopped" | "failed" | "incomplete";
  readonly params: WireParams;
  /** Fingerprint of the prompt that the model received. */
  readonly prompt: string;
  readonly warnings: readonly string[];
  readonly completions: readonly KeptCompletion[];
}

const encoder = new TextEncoder();
const wholeSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const idSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
/** −∞ is null in JSON. */
const logprobSchema = v.pipe(v.nullable(v.number()), v.transform((value) => value ?? -Infinity));
const intervalSchema = v.object({ low: v.number(), high: v.exactOptional(v.number()) });

const tokenSchema = v.pipe(
  v.object({
    id: wholeSchema,
    text: v.string(),
    /** Absent where they are those of the text. */
    bytes: v.exactOptional(v.array(v.pipe(wholeSchema, v.maxValue(255)))),
    special: v.exactOptional(v.boolean()),
    isUnnumbered: v.exactOptional(v.boolean()),
  }),
  v.transform((token): Token => ({ ...token, bytes: token.bytes ?? [...encoder.encode(token.text)] })),
);

const toldSchema = v.object({
  logprob: v.exactOptional(logprobSchema),
  rank: v.exactOptional(wholeSchema),
  entropyNats: v.exactOptional(v.number()),
  top: v.array(v.object({ token: tokenSchema, logprob: logprobSchema, rank: wholeSchema })),
  evidence: v.exactOptional(v.object({
    kind: v.picklist(["bounded", "unavailable"]),
    reason: v.string(),
    restMass: v.exactOptional(intervalSchema),
    entropyNats: v.exactOptional(intervalSchema),
    isRankLeast: v.exactOptional(v.boolean()),
  })),
});

export const runSchema: v.GenericSchema<unknown, KeptRun> = v.object({
  id: idSchema,
  phase: v.picklist(["done", "stopped", "failed", "incomplete"]),
  params: paramsSchema,
  prompt: v.string(),
  warnings: v.array(v.string()),
  completions: v.array(v.object({
    id: idSchema,
    sequence: wholeSchema,
    tokens: v.array(tokenSchema),
    told: v.optional(v.array(toldSchema)),
    from: v.optional(v.object({ id: idSchema, position: wholeSchema })),
    reason: v.optional(v.picklist(["stop", "length", "content_filter", "cancelled", "error", "incomplete"])),
    text: v.optional(v.string()),
    // Subtle: JSON has no infinity, so that of a perplexity comes back as null.
    metrics: v.record(v.string(), v.pipe(v.nullish(v.number()), v.transform((value) => value ?? undefined))),
  })),
});

/** The runs as they are kept; one that still streams as if it were stopped now. */
export function keptRuns(runs: readonly Run[], prompt: string): readonly KeptRun[] {
  const idAt = ({ run, sequence }: BranchPoint, own: number) => runs[run ?? own]?.completions[sequence]?.id;
  return runs.flatMap((running, index) => {
    const run = isRunning(running) ? closed(running, "stopped") : running;
    const { id, phase, params, warnings } = run;
    if (params === undefined || phase === "idle" || phase === "waiting" || phase === "streaming") return [];
    const completions = run.completions.map((completion) => {
      const { branch } = completion;
      const from = branch && idAt(branch, index);
      return kept(completion, from === undefined ? undefined : { id: from, position: branch?.position ?? 0 });
    });
    return [{ id, phase, params: paramsToWire(params), prompt: run.madeOf ?? prompt, warnings, completions }];
  });
}

function kept({ id, steps, reason, text, metrics }: Completion, from: KeptCompletion["from"]): KeptCompletion {
  const isTold = steps.some(({ draw, logprob, top }) =>
    draw.kind === "remote" && (top.length > 0 || logprob !== undefined)
  );
  return {
    id,
    sequence: steps[0]?.sequence ?? 0,
    tokens: steps.map(({ token }) => token),
    told: isTold ? steps.map(told) : undefined,
    from,
    reason,
    text,
    metrics,
  };
}

function told({ logprob, rank, entropyNats, top, evidence }: Step): Told {
  return {
    ...(logprob === undefined ? {} : { logprob }),
    ...(rank === undefined ? {} : { rank }),
    ...(entropyNats === undefined ? {} : { entropyNats }),
    top: top.map(({ token, logprob, rank }) => ({ token, logprob, rank })),
    ...(evidence === undefined ? {} : { evidence }),
  };
}

/**
 * Kept runs as the screen shows them. Those of which this page has the steps stand as they are.
 * @param prompt fingerprint of the screen's prompt
 */
export function restoredRuns(all: readonly KeptRun[], prompt: string, known: readonly Run[] = []): readonly Run[] {
  const places = new Map(
    all.flatMap(({ completions }, run) => completions.map(({ id }, sequence) => [id, { run, sequence }] as const)),
  );
  const here = new Map(known.flatMap(({ completions }) => completions.map((each) => [each.id, each] as const)));
  return all.map((run, index): Run => {
    const isSame = run.prompt === prompt;
    const completions = run.completions.map((each) => {
      const place = each.from && places.get(each.from.id);
      const branch = place && each.from && {
        sequence: place.sequence,
        position: each.from.position,
        ...(place.run === index ? {} : { run: place.run }),
      };
      return { ...(here.get(each.id) ?? restored(each, isSame)), ...(branch === undefined ? {} : { branch }) };
    });
    const before = known.find(({ id }) => id === run.id);
    if (before !== undefined) return { ...before, completions };
    const { id, phase, warnings } = run;
    const params = paramsFromWire(run.params);
    return {
      id,
      phase,
      params,
      prompt: [],
      warnings,
      completions,
      startedMs: 0,
      ...(isSame ? {} : { madeOf: run.prompt }),
    };
  });
}

function restored(
  { id, sequence, tokens, told, reason, text, metrics }: KeptCompletion,
  isSamePrompt: boolean,
): Completion {
  // What nobody has the numbers of: its draw is as unknown as a server's.
  const steps = tokens.map((token, position): Step => ({
    sequence,
    position,
    token,
    ...(told?.[position] ?? { top: [] }),
    processors: [],
    draw: { kind: "remote" },
  }));
  const isWhole = tokens.length === 0 || told !== undefined;
  return {
    id,
    steps,
    metrics,
    ...(reason === undefined ? {} : { reason }),
    ...(text === undefined ? {} : { text }),
    ...(isWhole ? {} : { bare: isSamePrompt ? "waiting" as const : otherPrompt() }),
  };
}

function otherPrompt(): Problem {
  return { type: "about:blank", title: TEXT.bare, status: 0, id: "", detail: TEXT.otherPrompt };
}

/** Both, each run and completion once; those of the first stand where they stood. */
export function joined(one: readonly KeptRun[], other: readonly KeptRun[]): readonly KeptRun[] {
  const more = new Map(other.map((run) => [run.id, run]));
  const grown = one.map((run) => {
    const known = new Set(run.completions.map(({ id }) => id));
    const further = more.get(run.id)?.completions.filter(({ id }) => !known.has(id)) ?? [];
    return further.length === 0 ? run : { ...run, completions: [...run.completions, ...further] };
  });
  const ids = new Set(one.map(({ id }) => id));
  return [...grown, ...other.filter(({ id }) => !ids.has(id))];
}
