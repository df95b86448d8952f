/** A run as it is kept: tokens and params, from which its steps are had again. References are ids, so that files join. */
import * as v from "valibot";
import type { FinishReason, Problem, Step } from "../../lm/event.ts";
import type { Token } from "../../lm/token.ts";
import { paramsFromWire, paramsSchema, type WireParams } from "../../lm/wire.ts";
import { type GenerationScreen, paramsToWire } from "../address/generation_screen.ts";
import { fingerprint } from "../fingerprint.ts";
import { type BranchPoint, closed, type Completion, isRunning, type Run } from "./generation_state.ts";
import { KEPT_STRINGS as TEXT } from "./kept_strings.ts";
import { metricsSchema, wholeSchema } from "../exported_json.ts";
import { areTold, logprobSchema, measuredBy, tokenSchema, type Told, toldEntries, toldOf } from "../told_step.ts";
import { placedSchema } from "../token_table.ts";

export interface ToldStep extends Told, Pick<Step, "top"> {}

export interface KeptCompletion {
  readonly id: string;
  /** Whose dice fell: the salt of its noise. */
  readonly sequence: number;
  readonly tokens: readonly Token[];
  /** What a server told of each token, which cannot be had again. */
  readonly told?: readonly ToldStep[] | undefined;
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
  /** Fingerprints of the prompt that the model received. */
  readonly prompt: string;
  readonly warnings: readonly string[];
  readonly completions: readonly KeptCompletion[];
}

const idSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(100));

/** @param tokens those of the file, which candidates name by their place; in files of before each candidate has its own */
function toldSchema(tokens: readonly Token[]) {
  const placed = v.pipe(
    placedSchema,
    v.rawTransform(({ dataset: { value: [place, logprob, rank] }, addIssue, NEVER }) => {
      const token = tokens[place];
      if (token !== undefined) return { token, logprob, rank };
      addIssue({ message: `names token ${place} of ${tokens.length} in the file` });
      return NEVER;
    }),
  );
  const whole = v.object({ token: tokenSchema, logprob: logprobSchema, rank: wholeSchema });
  return v.object({ ...toldEntries, top: v.union([v.array(placed), v.array(whole)]) });
}

/** @param tokens those of the file that it names by their place */
export function runSchema(tokens: readonly Token[]): v.GenericSchema<unknown, KeptRun> {
  return v.object({
    id: idSchema,
    phase: v.picklist(["done", "stopped", "failed", "incomplete"]),
    params: paramsSchema,
    prompt: v.string(),
    warnings: v.array(v.string()),
    completions: v.array(v.object({
      id: idSchema,
      sequence: wholeSchema,
      tokens: v.array(tokenSchema),
      told: v.optional(v.array(toldSchema(tokens))),
      from: v.optional(v.object({ id: idSchema, position: wholeSchema })),
      reason: v.optional(v.picklist(["stop", "length", "content_filter", "cancelled", "error", "incomplete"])),
      text: v.optional(v.string()),
      metrics: metricsSchema,
    })),
  });
}

/** Fingerprints of a prompt: of a conversation its messages', and its text's where that is known. */
export function promptPrint({ prompt, conversation }: Pick<GenerationScreen, "prompt" | "conversation">): string {
  const text = fingerprint(prompt.text);
  if (conversation === undefined) return text;
  return conversation.text === "exact" ? `${conversation.key} ${text}` : conversation.key;
}

/** Whether both are of one prompt, as far as both tell: the same messages may have been rendered otherwise. */
function isSamePrompt(one: string, other: string): boolean {
  const [key, text] = one.split(" "), [otherKey, otherText] = other.split(" ");
  return key === otherKey && (text === undefined || otherText === undefined || text === otherText);
}

/** The runs that are kept: those that can be read again, and of which more came than an error. */
export function keptRuns(runs: readonly Run[], prompt: string): readonly KeptRun[] {
  return writtenRuns(runs, prompt).filter(({ params, completions }) =>
    v.is(paramsSchema, params) && !completions.every(isEmptyError)
  );
}

/** All runs in the form in which they are kept; one that still streams as if it were stopped now. */
export function writtenRuns(runs: readonly Run[], prompt: string): readonly KeptRun[] {
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

function kept({ id, steps, reason, text, metrics, bare }: Completion, from: KeptCompletion["from"]): KeptCompletion {
  return {
    id,
    sequence: steps[0]?.sequence ?? 0,
    tokens: steps.map(({ token }) => token),
    // Subtle: what waits for its numbers looks like what a server drew.
    told: bare === undefined && areTold(steps) ? steps.map(toldStep) : undefined,
    from,
    reason,
    text,
    metrics,
  };
}

function toldStep(step: Step): ToldStep {
  return { ...toldOf(step), top: step.top.map(({ token, logprob, rank }) => ({ token, logprob, rank })) };
}

/**
 * Kept runs as the screen shows them. Those of which this page has the steps stand as they are.
 * @param prompt fingerprints of the screen's prompt
 */
export function restoredRuns(all: readonly KeptRun[], prompt: string, known: readonly Run[] = []): readonly Run[] {
  const places = new Map(
    all.flatMap(({ completions }, run) => completions.map(({ id }, sequence) => [id, { run, sequence }] as const)),
  );
  const here = new Map(known.flatMap(({ completions }) => completions.map((each) => [each.id, each] as const)));
  return all.map((run, index): Run => {
    const isSame = isSamePrompt(run.prompt, prompt);
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
      ...(isSame ? {} : { madeOf: run.prompt }),
    };
  });
}

function restored(
  { id, sequence, tokens, told, reason, text, metrics }: KeptCompletion,
  isSamePrompt: boolean,
): Completion {
  // What nobody has the numbers of: its draw is as unknown as a server's.
  const steps = tokens.map((token, position): Step => {
    const { top = [], ...rest } = told?.[position] ?? {};
    return { sequence, position, token, top, ...measuredBy(rest) };
  });
  // Tokens without a number of their own are a server's, which would only give them back.
  const isWhole = told !== undefined || tokens.every(({ isUnnumbered }) => isUnnumbered === true);
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

/**
 * Both, each run and completion once; those of the first stand where they stood. A branch of which nothing came but an
 * error is none to add: the next one takes its place.
 */
export function joined(one: readonly KeptRun[], other: readonly KeptRun[]): readonly KeptRun[] {
  const more = new Map(other.map((run) => [run.id, run]));
  const grown = one.map((run) => {
    const known = new Set(run.completions.map(({ id }) => id));
    const further = more.get(run.id)?.completions.filter((each) => !known.has(each.id) && !isFailedBranch(each)) ?? [];
    return further.length === 0 ? run : { ...run, completions: [...run.completions, ...further] };
  });
  const ids = new Set(one.map(({ id }) => id));
  return [...grown, ...other.filter(({ id }) => !ids.has(id))];
}

function isFailedBranch(completion: KeptCompletion): boolean {
  return completion.from !== undefined && isEmptyError(completion);
}

/** As `isEmptyFailure()`, of what is kept. */
function isEmptyError({ tokens, reason }: KeptCompletion): boolean {
  return tokens.length === 0 && reason === "error";
}
