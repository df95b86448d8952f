/** What makes the runs of the generation screen: each is added to the earlier ones, so that nothing generated is lost. */
import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Problem, RunEvent } from "../../lm/event.ts";
import { PARAM_RANGES, type SamplingParams } from "../../lm/params.ts";
import type { TokenId } from "../../lm/token.ts";
import { ApiError } from "../api_client.ts";
import { collectPerFrame } from "../frame.ts";
import { streamRun } from "../generation_client.ts";
import { paramsToWire } from "../address/generation_screen.ts";
import {
  branched,
  type BranchPoint,
  closed,
  continued,
  isRunning,
  received,
  type Run,
  started,
} from "./generation_state.ts";
import type { RunPlaces } from "./use_run_places.ts";

/** Completions that are made at once where the params do not say how many. */
const SEVERAL = 4;

interface RunsOptions {
  /** Path of the component's API. */
  readonly api: string;
  /** Names the sample and the generator. */
  readonly source: object;
  readonly params: Signal<SamplingParams>;
  readonly runs: Signal<readonly Run[]>;
  readonly places: RunPlaces;
  /** A run has come to its end. */
  readonly onEnd: () => void;
}

export interface Runs {
  /** Those that have anything to show. */
  readonly made: () => readonly Run[];
  /** A new run. @param isSeveral several completions where one would be made */
  readonly generate: (isSeveral?: boolean) => Promise<void>;
  /** A new run by the next seed: the same params, other dice. */
  readonly regenerate: () => Promise<void>;
  /** A new run that begins with a completion's tokens, and goes on by the params on screen, their seed included. */
  readonly continueFrom: (sequence: number, position: number) => Promise<void>;
  /** A new run that goes on where a completion was cut off, by its own params and dice: only max_tokens is as on screen. */
  readonly resume: (sequence: number) => Promise<void>;
  /** One more completion of the run on screen: the open token's prefix, another token, and what follows by the same dice. */
  readonly branch: (token: TokenId) => Promise<void>;
  /** Asks again for what a run failed at: the same branch, or way on by the same params; of any other run a new one. */
  readonly retry: (run: Run) => Promise<void>;
  /** Ends what streams, and keeps what has come. */
  readonly stop: () => void;
  /** Ends what streams, of which nothing is wanted any more. */
  readonly drop: () => void;
}

export function useRuns({ api, source, params, runs, places, onEnd }: RunsOptions): Runs {
  const streaming = useRef<AbortController | undefined>(undefined);
  /** What asks again for what a run was last asked for, by its id; nothing for one that began at the prompt. */
  const retries = useRef(new Map<string, () => Promise<void>>());
  const { here, goTo } = places;
  const made = () => runs.value.filter(({ completions }) => completions.length > 0);
  const stop = () => streaming.current?.abort();

  async function generate(isSeveral = false): Promise<void> {
    if (isSeveral && params.value.n === 1) params.value = { ...params.value, n: SEVERAL };
    const wanted = params.value;
    const before = made();
    // The first run may make the token that the URL has selected.
    goTo({ run: before.length, selection: before.length === 0 ? here().selection : undefined });
    await follow([...before, started(wanted, performance.now())], before.length, { params: paramsToWire(wanted) });
  }

  async function regenerate(): Promise<void> {
    const { seed } = params.value;
    params.value = { ...params.value, seed: (seed + 1) % (PARAM_RANGES.seed.max + 1) };
    await generate();
  }

  async function continueFrom(sequence: number, position: number, from = here().run, wanted = params.value) {
    const steps = runs.value[from]?.completions[sequence]?.steps ?? [];
    const before = made();
    const run = continued(wanted, { run: from, sequence, position }, performance.now());
    const path = steps.slice(0, position).map(({ token }) => token.id);
    const body = { params: paramsToWire({ ...wanted, n: 1 }), path, first_sequence: steps[0]?.sequence ?? sequence };
    // The place was chosen by what these params change there: others would go on from one where they change nothing.
    retries.current.set(run.id, () => continueFrom(sequence, position, from, wanted));
    goTo({ run: before.length, selection: { kind: "step", sequence: 0, position } });
    await follow([...before, run], before.length, body, () => 0);
  }

  async function resume(sequence: number): Promise<void> {
    const { run: at } = here(), run = runs.value[at];
    const position = run?.completions[sequence]?.steps.length ?? 0;
    const { maxTokens } = params.value;
    await continueFrom(sequence, position, at, { ...(run?.params ?? params.value), maxTokens });
  }

  async function branch(token: TokenId): Promise<void> {
    const { run, selection } = here();
    if (selection?.kind === "step") await branchAt(run, selection, token);
  }

  async function branchAt(at: number, { sequence, position }: BranchPoint, token: TokenId): Promise<void> {
    const run = runs.value[at];
    if (run?.params === undefined) return;
    const steps = run.completions[sequence]?.steps ?? [];
    const path = [...steps.slice(0, position).map(({ token }) => token.id), token];
    const next = branched(run, { sequence, position }, performance.now());
    const row = next.completions.length - 1;
    const salt = steps[0]?.sequence ?? sequence;
    const body = { params: { ...paramsToWire(run.params), n: 1 }, path, first_sequence: salt };
    retries.current.set(run.id, () => branchAt(at, { sequence, position }, token));
    goTo({ run: at, selection: { kind: "step", sequence: row, position } });
    await follow(runs.value.with(at, next), at, body, () => row);
  }

  /** Streams into one of the runs. A run that is still streaming is stopped and keeps what it has. */
  async function follow(next: readonly Run[], at: number, body: object, row?: (sequence: number) => number) {
    stop();
    const controller = new AbortController();
    streaming.current = controller;
    runs.value = next.map((run) => isRunning(run) && run !== next[at] ? closed(run, "stopped") : run);
    const change = (edit: (run: Run) => Run) => {
      const run = runs.value[at];
      if (run !== undefined) runs.value = runs.value.with(at, edit(run));
    };
    const frame = collectPerFrame<RunEvent>((events, nowMs) => {
      // Subtle: a run that made room for this page's next one is closed, and what is drawn late would open it again.
      if (streaming.current === controller) change((run) => received(run, events, nowMs, row));
    });
    let ending: "end" | "stopped" | Problem;
    try {
      for await (const event of streamRun(`${api}/generate`, { ...source, ...body }, controller.signal)) {
        frame.add(event);
      }
      ending = controller.signal.aborted ? "stopped" : "end";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      ending = error.problem;
    }
    if (streaming.current !== controller) return frame.drop();
    frame.flush();
    change((run) => closed(run, ending));
    onEnd();
  }

  function drop(): void {
    stop();
    streaming.current = undefined;
  }

  useEffect(() => stop, []);

  const retry = (run: Run) => retries.current.get(run.id)?.() ?? generate();

  return { made, generate, regenerate, continueFrom, resume, branch, retry, stop, drop };
}
