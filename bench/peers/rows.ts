/** What must be reached against the others, and what was. A ratio above 1 means that ours is faster. */
import { atLeast, atMost, type Bound, type Row } from "../gate.ts";
import type { Times } from "../times.ts";
import { ALL_POSITIONS, OURS } from "./entries.ts";
import { CLIENTS, decodeOf, firstOf, type Length, LENGTHS, loadOf, stepOf } from "./rounds.ts";

const FP32 = `${OURS} fp32`, INT8 = `${OURS} int8`;

export function rowsOf(times: Times): readonly Row[] {
  return [
    ...decodeRows(times),
    ...stepRows(times),
    ratio(`first token at 512 vs the graph with logits of every position`, [
      times.least(firstOf(ALL_POSITIONS, 512)) / times.least(firstOf(FP32, 512)),
    ], atLeast(1.5, 1.64)),
    ...severalRows(times),
    {
      what: "longest stall of the thread that serves pages in a prefill of 512, above idle, fp32 / int8",
      values: [FP32, INT8].map((name) =>
        Math.max(0, times.median(`${name} stall busy`) - times.median(`${name} stall idle`))
      ),
      unit: "ms",
      bound: atMost(30, 10),
    },
    ...[FP32, INT8].map((name) => ({
      what: `load ${name}, warm cache`,
      values: [times.least(loadOf(name)) / 1000],
      unit: "s",
      bound: atMost(0.6, 0.4),
    })),
  ];
}

function decodeRows(times: Times): readonly Row[] {
  const against = (ours: string, peer: string, lengths: readonly Length[], bound: Bound) =>
    ratio(
      `decode ${ours} vs ${peer} at ${lengths.join(" / ")}`,
      lengths.map((length) => times.p10(decodeOf(peer, length)) / times.p10(decodeOf(ours, length))),
      bound,
    );
  return [
    against(FP32, "onnxruntime fp32", LENGTHS, atLeast(0.95, 1)),
    against(INT8, "onnxruntime int8", LENGTHS, atLeast(0.95, 1)),
    against(FP32, "transformers.js fp32", [512], atLeast(1.5, 1.8)),
    against(INT8, "transformers.js int8", [512], atLeast(2, 2.5)),
    against(FP32, "llama.cpp f32", LENGTHS, atLeast(1, 1.15)),
    against(INT8, "llama.cpp q8_0", LENGTHS, atLeast(1, 1.15)),
    against(FP32, "torch fp32", LENGTHS, atLeast(1.6, 1.8)),
    against(INT8, "torch fp32", LENGTHS, atLeast(4, 4.6)),
    ...[FP32, INT8].map((name) =>
      ratio(
        `decode ${name} at 512 ÷ at 16`,
        [times.p10(decodeOf(name, 512)) / times.p10(decodeOf(name, 16))],
        atMost(1.15, 1.08),
      )
    ),
  ];
}

function stepRows(times: Times): readonly Row[] {
  const recomputed = times.least(stepOf("torch fp32", 512));
  return [
    ...[FP32, INT8].map((name) =>
      ratio(
        `step ÷ decode step, ${name}, at ${LENGTHS.join(" / ")}`,
        LENGTHS.map((length) => times.p10(stepOf(name, length)) / times.p10(decodeOf(name, length))),
        atMost(1.15, 1.05),
      )
    ),
    ratio(
      "step at 512 vs torch recomputing all, fp32",
      [recomputed / times.least(stepOf(FP32, 512))],
      atLeast(50, 100),
    ),
    ratio(
      "step at 512 vs torch recomputing all, int8",
      [recomputed / times.least(stepOf(INT8, 512))],
      atLeast(50, 200),
    ),
  ];
}

function severalRows(times: Times): readonly Row[] {
  const gained = (name: string, what: string) =>
    times.least(`${name} ${what} in turn`) / times.least(`${name} ${what} together`);
  return [
    ratio(`${CLIENTS} clients at once vs one after the other, fp32`, [gained(FP32, "clients")], atLeast(2.5, 4)),
    ratio(`${CLIENTS} clients at once vs one after the other, int8`, [gained(INT8, "clients")], atLeast(1.8, 2.5)),
    ...[FP32, INT8].map((name) =>
      ratio(`n = 4 in one request vs 4 requests in turn, ${name}`, [gained(name, "samples")], atLeast(2, 2.5))
    ),
  ];
}

/** Without a value where one of the two was not measured. */
function ratio(what: string, values: readonly number[], bound: Bound): Row {
  return { what, values: values.some(Number.isNaN) ? [] : [...values], unit: "×", bound };
}
