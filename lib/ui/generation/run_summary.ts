import { fixed } from "../measure_text.ts";
import { GENERATION_STRINGS as TEXT } from "../generation_strings.ts";
import type { Completion } from "./generation_state.ts";

/**
 * How alike a run's completions are: how many texts they are, and the mean and the ends of each metric, over those that
 * came to their end. Empty for fewer than two.
 * @example texts a, b, a with EM 1, 0, 1 → "3 completions, 2 different texts · EM mean 0.67, 0.00 to 1.00"
 */
export function runSummary(completions: readonly Completion[], metrics: readonly string[]): string {
  const ended = completions.filter(({ reason, text }) =>
    text !== undefined && (reason === "stop" || reason === "length")
  );
  if (ended.length < 2) return "";
  const texts = new Set(ended.map(({ text }) => text)).size;
  const measured = metrics.flatMap((name) => {
    const values = ended.flatMap(({ metrics }) => metrics[name] ?? []);
    if (values.length < ended.length) return [];
    const least = Math.min(...values), most = Math.max(...values);
    if (least === most) return [TEXT.metricAlike(name, fixed(least))];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return [TEXT.metricOfRun(name, fixed(mean), fixed(least), fixed(most))];
  });
  return [TEXT.textsOfRun(ended.length, texts), ...measured].join(" · ");
}
