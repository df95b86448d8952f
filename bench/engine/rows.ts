/** The table of one model. */
import { atMost, type Row } from "../gate.ts";
import type { Times } from "../times.ts";
import { CLIENTS, SAMPLES } from "./measure.ts";

export interface Sizes {
  /** Ms of each load. */
  readonly loadsMs: readonly number[];
  /** Resident memory of the process in bytes once the model is loaded, and at the end. */
  readonly loadedBytes: number;
  readonly endBytes: number;
  /** After many requests; empty when they were not made. */
  readonly manyBytes: readonly number[];
}

const MEGABYTE = 2 ** 20;

export function rowsOf(times: Times, lengths: readonly number[], sizes: Sizes): readonly Row[] {
  const at = `at ${lengths.join(" / ")}`;
  const each = (value: (length: number) => number) => lengths.map(value);
  const addedToStep = (length: number) => times.median(`step ${length} http`) - times.median(`step ${length}`);
  return [
    { what: "load, least", values: [Math.min(...sizes.loadsMs)], unit: "ms" },
    { what: `first token ${at}, least`, values: each((length) => times.least(`first ${length}`)), unit: "ms" },
    { what: `decode ${at}, p10 of a token`, values: each((length) => times.p10(`decode ${length}`)), unit: "ms" },
    { what: `step ${at}, p10`, values: each((length) => times.p10(`step ${length}`)), unit: "ms" },
    { what: `step back ${at}, p10`, values: each((length) => times.p10(`back ${length}`)), unit: "ms" },
    { what: `branch ${at}, p10`, values: each((length) => times.p10(`branch ${length}`)), unit: "ms" },
    ...sharedRows(times, "", ""),
    {
      what: `first token over HTTP ${at}, least`,
      values: each((length) => times.least(`first ${length} http`)),
      unit: "ms",
    },
    {
      what: `HTTP adds to a streamed token ${at}, median`,
      values: each((length) => times.median(`HTTP adds to token ${length}`)),
      unit: "ms",
      bound: atMost(0.3),
    },
    { what: `HTTP adds to a step ${at}, median`, values: each(addedToStep), unit: "ms", bound: atMost(3) },
    {
      what: `step over HTTP ${at}, median`,
      values: each((length) => times.median(`step ${length} http`)),
      unit: "ms",
    },
    {
      what: `step over HTTP at ${lengths.at(-1)} ÷ at ${lengths[0]}, median`,
      values: [times.median(`step ${lengths.at(-1)} http`) / times.median(`step ${lengths[0]} http`)],
      unit: "×",
      bound: atMost(1.5),
    },
    {
      what: `step back over HTTP ${at}, median`,
      values: each((length) => times.median(`back ${length} http`)),
      unit: "ms",
    },
    {
      what: `branch over HTTP ${at}, median`,
      values: each((length) => times.median(`branch ${length} http`)),
      unit: "ms",
    },
    ...sharedRows(times, " http", " over HTTP"),
    {
      what: "longest stall of the server's thread in the longest prefill, above idle",
      values: [Math.max(0, times.median("stall") - times.median("stall idle"))],
      unit: "ms",
      bound: atMost(30, 10),
    },
    {
      what: "memory loaded / at the end",
      values: [sizes.loadedBytes / MEGABYTE, sizes.endBytes / MEGABYTE],
      unit: "MB",
    },
    ...manyRow(sizes.manyBytes),
  ];
}

/** Of several runs at once. @param ending of the names of the times @param how beside what it is */
function sharedRows(times: Times, ending: "" | " http", how: string): readonly Row[] {
  return [
    {
      what: `n = ${SAMPLES} vs ${SAMPLES} requests in turn${how}`,
      values: [times.least(`samples in turn${ending}`) / times.least(`samples together${ending}`)],
      unit: "×",
    },
    {
      what: `${CLIENTS.join(" / ")} clients${how}, all their tokens`,
      values: CLIENTS.map((clients) => 1000 / times.least(`clients ${clients}${ending}`)),
      unit: "tokens/s",
    },
  ];
}

function manyRow([early, late]: readonly number[]): readonly Row[] {
  if (early === undefined || late === undefined) return [];
  return [{
    what: "memory after 10,000 mixed requests vs after 1,000",
    values: [late / early],
    unit: "×",
    bound: atMost(1.15, 1.05),
  }];
}
