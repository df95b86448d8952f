/** Lines of Prometheus's text format; durations in seconds, as its conventions want. */
import type { Durations } from "./counters.ts";

/** One number as it stands now. */
export function gauge(name: string, value: number): readonly string[] {
  return [`# TYPE visuallm_${name} gauge`, `visuallm_${name} ${value}`];
}

/** One number that only grows. */
export function counter(name: string, value: number): readonly string[] {
  return [`# TYPE visuallm_${name} counter`, `visuallm_${name} ${value}`];
}

export function summary(name: string, { sumMs, count }: Durations): readonly string[] {
  return [
    `# TYPE visuallm_${name} summary`,
    `visuallm_${name}_sum ${sumMs / 1000}`,
    `visuallm_${name}_count ${count}`,
  ];
}
