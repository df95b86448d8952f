import type { Metric } from "./metric.ts";

/** 1 when completion and target are equal but for white space around them, else 0. */
export const exactMatch: Metric = {
  kind: "text",
  needsTarget: true,
  description: "1 when equal to the target, white space around both aside",
  compute: (completion, target) => completion.trim() === target.trim() ? 1 : 0,
};
