/** Clients that read streams of runs as they come, and what they saw. */
import assert from "node:assert/strict";
import type { AppProcess } from "./app_process.ts";
import { until } from "./until.ts";

export interface ReadRun {
  /** From the request to the first token. */
  readonly firstMs: number;
  /** Between two tokens. */
  readonly gapsMs: readonly number[];
  /** Places of the tokens in the order in which they came. */
  readonly positions: readonly number[];
  /** The types of the events but steps. */
  readonly others: readonly string[];
}

interface RunOptions {
  readonly generator?: string;
  readonly tokens: number;
  readonly client?: string;
  readonly seed?: number;
  readonly top?: number;
  readonly signal?: AbortSignal;
}

export const GENERATE = "/api/slow/generation/generate";

export function runBody({ generator = "paced", tokens, seed = 0, top = 10 }: RunOptions): object {
  return { generator, top, seed, params: { max_tokens: tokens } };
}

/** Reads a run to its end. The events are searched and not parsed, so that the clients leave time to the app. */
export async function readRun(app: AppProcess, options: RunOptions): Promise<ReadRun> {
  const { client = "somebody", signal } = options;
  const startedMs = performance.now();
  const response = await app.call(GENERATE, { body: runBody(options), client, ...(signal && { signal }) });
  assert.equal(response.status, 200);
  const positions: number[] = [], gapsMs: number[] = [], others: string[] = [];
  let rest = "", firstMs = 0, lastMs = 0;
  const body = response.body ?? assert.fail();
  // Subtle: Deno 2.9.6 may collect what hands the signal from a `fetch` to its answer, which then goes on to its end.
  for await (const chunk of body.pipeThrough(new TextDecoderStream(), signal ? { signal } : {})) {
    const frames = (rest + chunk).split("\n\n");
    rest = frames.pop() ?? "";
    const nowMs = performance.now();
    for (const frame of frames) {
      const type = /^event: (\w+)/.exec(frame)?.[1] ?? "comment";
      if (type !== "step") {
        others.push(type);
        continue;
      }
      positions.push(Number(/"position":(\d+)/.exec(frame)?.[1]));
      if (lastMs === 0) firstMs = nowMs - startedMs;
      else gapsMs.push(nowMs - lastMs);
      lastMs = nowMs;
    }
  }
  return { firstMs, gapsMs, positions, others };
}

/** Several runs at once, each with a seed and a client of its own. */
export function readRuns(app: AppProcess, count: number, options: RunOptions): Promise<readonly ReadRun[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => readRun(app, { ...options, seed: index, client: `client ${index}` })),
  );
}

/** A run of far more than fits on the way to who does not read: 16 completions of 4,096 tokens with ten candidates each. */
export const ENDLESS = { generator: "quick", top: 10, params: { max_tokens: 4_096, n: 16 } };

const SAME_COUNTS = 5, COUNTED_EVERY_MS = 50;

/** Waits until that many runs have slots, and none makes a token any more, as all between it and its reader is full. */
export async function untilStalled(app: AppProcess, runs: number): Promise<void> {
  const counts: (number | undefined)[] = [];
  await until(`${runs} runs stand still`, async () => {
    const { slots_busy: busy, completion_tokens_total: tokens } = await app.metrics();
    if (busy !== runs || tokens !== counts[0]) counts.length = 0;
    counts.push(tokens);
    if (counts.length > SAME_COUNTS) return true;
    await new Promise((resolve) => setTimeout(resolve, COUNTED_EVERY_MS));
    return false;
  });
}

/** The value that a share of all values does not exceed. @example quantile([3, 1, 2], 0.5) is 2 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}
