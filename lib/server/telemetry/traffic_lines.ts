/** What runs came to, as lines for Prometheus. */
import { counter, gauge, summary } from "./prometheus.ts";
import type { Traffic } from "../admission/traffic.ts";

/** Of problems that runs end with: turned away, a server's fault, not to be had, too late. */
const STATUSES: readonly number[] = [429, 502, 503, 504];

export function trafficLines({ counters, load }: Traffic): readonly string[] {
  return [
    ...gauge("slots_busy", load.busy),
    ...gauge("runs_waiting", load.waiting),
    "# TYPE visuallm_runs_total counter",
    ...Object.entries(counters.outcomes).map(([outcome, count]) =>
      `visuallm_runs_total{outcome="${outcome}"} ${count}`
    ),
    "# TYPE visuallm_run_errors_total counter",
    ...errorCounts(counters.errors).map(([status, count]) => `visuallm_run_errors_total{status="${status}"} ${count}`),
    ...counter("prompt_tokens_total", counters.promptTokens),
    ...counter("completion_tokens_total", counters.completionTokens),
    ...summary("queue_wait_seconds", counters.queueWait),
    ...summary("first_token_seconds", counters.firstToken),
    ...summary("between_tokens_seconds", counters.betweenTokens),
    ...gauge("longest_loop_lag_seconds", counters.longestLagMs / 1000),
  ];
}

/** Subtle: all of them from the start, so that there are never more series than are read now. */
function errorCounts(errors: ReadonlyMap<number, number>): readonly (readonly [status: string, count: number])[] {
  const named = STATUSES.map((status) => [String(status), errors.get(status) ?? 0] as const);
  const all = [...errors.values()].reduce((sum, count) => sum + count, 0);
  return [...named, ["other", all - named.reduce((sum, [, count]) => sum + count, 0)]];
}
