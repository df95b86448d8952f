/** What the generation screen knows of a run, folded from its events. Pure, so that tests replay streams. */
import type { FinishReason, Problem, RunEvent, Step } from "../../lm/event.ts";
import type { SamplingParams } from "../../lm/params.ts";
import type { Token } from "../../lm/token.ts";
import { paramsToWire } from "../address/generation_screen.ts";
import type { Selection } from "../address/selection_text.ts";
import { newId } from "../new_id.ts";
import { type Pace, paced, paceFrom } from "../pace.ts";
import { heldCount } from "../params/completion_count.ts";

/** Where a completion left another one: it has that one's tokens up to there. */
export interface BranchPoint {
  readonly sequence: number;
  readonly position: number;
  /** Of another run; absent for one of the same. */
  readonly run?: number;
}

export interface Completion {
  /** Tells it from all others, in other tabs and files too. */
  readonly id: string;
  /** Absent for one that began at the prompt. */
  readonly branch?: BranchPoint;
  readonly steps: readonly Step[];
  readonly reason?: FinishReason;
  readonly text?: string;
  readonly metrics: Readonly<Record<string, number | undefined>>;
  /** Of one that was kept and whose steps are only its tokens: they are to be had again, or why they cannot be. */
  readonly bare?: "waiting" | Problem;
}

/** `stopped` and `incomplete` runs keep what they have. */
export type RunPhase = "idle" | "waiting" | "streaming" | "done" | "stopped" | "failed" | "incomplete";

export interface Run {
  /** As a completion's. */
  readonly id: string;
  readonly phase: RunPhase;
  readonly params?: SamplingParams;
  /** Fingerprint of the prompt of a run that was kept, where it is no longer the sample's. */
  readonly madeOf?: string;
  readonly prompt: readonly Token[];
  readonly completions: readonly Completion[];
  readonly warnings: readonly string[];
  readonly problem?: Problem;
  /** Runs that are served before this one, while it waits for its turn. */
  readonly ahead?: number;
  /** Of its latest stream; absent for one that was kept. */
  readonly pace?: Pace;
}

export const IDLE: Run = { id: "", phase: "idle", prompt: [], completions: [], warnings: [] };

/** A run with room for its completions: what asks for none, or for more than a request may, has room until it is refused. */
export function started(params: SamplingParams, nowMs: number): Run {
  const empty = (): Completion => ({ id: newId(), steps: [], metrics: {} });
  const completions = Array.from({ length: heldCount(params.n) }, empty);
  return { ...IDLE, id: newId(), phase: "waiting", params, completions, pace: paceFrom(nowMs) };
}

/** A run of one completion, which goes on from another run's by other params. */
export function continued(params: SamplingParams, branch: BranchPoint, nowMs: number): Run {
  const completions = [{ id: newId(), branch, steps: [], metrics: {} }];
  return { ...started(params, nowMs), completions, pace: paceFrom(nowMs, branch.position) };
}

/**
 * The run with one more completion to come; the others stay as they are. What still streams of it ends here, as a run has
 * one stream; and a branch of which nothing came but an error makes room for this one.
 */
export function branched(run: Run, branch: BranchPoint, nowMs: number): Run {
  const before = isRunning(run) ? closed(run, "stopped") : run;
  const { problem: _, ahead: __, ...rest } = before;
  const last = before.completions.at(-1);
  const isInVain = last?.branch !== undefined && isEmptyFailure(last);
  const others = isInVain ? before.completions.slice(0, -1) : before.completions;
  const completions = [...others, { id: newId(), branch, steps: [], metrics: {} }];
  // The tokens before its own, and the one in the place of the other.
  return { ...rest, phase: "waiting", completions, pace: paceFrom(nowMs, branch.position + 1) };
}

/** Folds the events that arrived since the last frame; one new array per touched completion, not one per event.
 * @param row which completion a sequence of the events is
 */
export function received(run: Run, events: readonly RunEvent[], nowMs: number, row = same): Run {
  if (events.length === 0) return run;
  const touched = new Map<number, { -readonly [Key in keyof Completion]: Completion[Key] } & { steps: Step[] }>();
  const edit = (from: number) => {
    const sequence = row(from);
    const known = touched.get(sequence);
    if (known !== undefined) return known;
    const before = run.completions[sequence] ?? { id: newId(), steps: [], metrics: {} };
    const copy = { ...before, steps: [...before.steps] };
    touched.set(sequence, copy);
    return copy;
  };
  let next: Run = run;
  for (const event of events) {
    switch (event.type) {
      case "queue":
        next = { ...next, ahead: event.position };
        break;
      case "prompt":
        next = admitted({ ...next, prompt: event.tokens });
        break;
      case "warning":
        next = { ...next, warnings: [...next.warnings, event.message] };
        break;
      case "step":
        edit(event.sequence).steps.push(event);
        next = { ...next, phase: "streaming" };
        break;
      case "finish": {
        const completion = edit(event.sequence);
        completion.reason = event.reason;
        completion.text = event.text;
        break;
      }
      case "metric": {
        const completion = edit(event.sequence);
        completion.metrics = { ...completion.metrics, [event.name]: event.value };
        break;
      }
      case "error":
        next = { ...next, phase: "failed", problem: event.problem };
        break;
      case "done":
        next = { ...next, phase: "done" };
        break;
      default:
        unreachable(event);
    }
  }
  const completions = [...next.completions];
  for (const [sequence, completion] of touched) completions[sequence] = completion;
  return { ...next, completions, ...(next.pace === undefined ? {} : { pace: paced(next.pace, events, nowMs) }) };
}

/**
 * The run after its stream is over: one that never said `done` or `error` is incomplete, unless it was stopped. What had
 * not ended of a run that failed ended by the error.
 */
export function closed(run: Run, ending: "end" | "stopped" | Problem): Run {
  if (run.phase === "done") return run;
  const isFailed = run.phase === "failed" || typeof ending === "object";
  const reason: FinishReason = isFailed ? "error" : ending === "stopped" ? "cancelled" : "incomplete";
  const completions = run.completions.map((item) => item.reason === undefined ? { ...item, reason } : item);
  if (run.phase === "failed") return { ...run, completions };
  if (ending === "stopped") return { ...run, phase: "stopped", completions };
  if (ending === "end") return { ...run, phase: "incomplete", completions };
  return { ...run, phase: "failed", completions, problem: ending };
}

/** The completion that a run writes, or wrote last: a branch comes after all others, and of several at once it is the first. */
export function latest({ completions }: Run): Completion | undefined {
  const last = completions.at(-1);
  return last?.branch === undefined ? completions[0] : last;
}

/** Nothing came of it but an error, which the run tells. */
export function isEmptyFailure({ steps, reason }: Completion): boolean {
  return steps.length === 0 && reason === "error";
}

export function isRunning(run: Run): boolean {
  return run.phase === "waiting" || run.phase === "streaming";
}

/** The runs with another state of one of their completions. */
export function withCompletion(
  runs: readonly Run[],
  id: string,
  change: (completion: Completion) => Completion,
): readonly Run[] {
  return runs.map((run) =>
    run.completions.some((completion) => completion.id === id)
      ? { ...run, completions: run.completions.map((each) => each.id === id ? change(each) : each) }
      : run
  );
}

/**
 * What asks for the selected step's place by the params on screen; the server has the row, or one pass gives it. Undefined
 * where nobody can tell, and for a run of another prompt than the one that would be asked about.
 */
export function whatIfOf(run: Run, selection: Selection | undefined, params: SamplingParams) {
  if (selection?.kind !== "step" || isRunning(run) || run.madeOf !== undefined) return undefined;
  const { steps = [] } = run.completions[selection.sequence] ?? {};
  const step = steps[selection.position];
  if (step === undefined || step.draw.kind === "remote") return undefined;
  const path = steps.slice(0, selection.position).map(({ token }) => token.id);
  return { params: paramsToWire(params), path, first_sequence: step.sequence, limit: 10 };
}

/** How many completions runs have, but for those of which nothing came. */
export function writtenCount(runs: readonly Run[]): number {
  return runs.flatMap(({ completions }) => completions).filter(({ steps }) => steps.length > 0).length;
}

function admitted({ ahead: _, ...run }: Run): Run {
  return run;
}

function same(sequence: number): number {
  return sequence;
}

function unreachable(event: never): never {
  throw new TypeError(`Cannot handle the event ${JSON.stringify(event)}`);
}
