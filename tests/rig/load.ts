/** Clients that read streams of runs as they come, and what they saw. */
import assert from "node:assert/strict";
import type { AppProcess } from "./app_process.ts";

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
  for await (const chunk of (response.body ?? assert.fail()).pipeThrough(new TextDecoderStream())) {
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

/** The value that a share of all values does not exceed. @example quantile([3, 1, 2], 0.5) is 2 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}
