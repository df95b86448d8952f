/** How precise a graph's numbers are, and what is known of how far that moves them. */
import * as v from "valibot";
import type { GraphFile } from "./graph_file.ts";
import type { Precision } from "./protocol.ts";
import { thrownText } from "../../lm/thrown.ts";

const FILE_NAMES: Readonly<Record<Precision, string>> = {
  fp32: "fp32",
  fp16: "fp16",
  q8: "int8",
  int8: "int8",
  uint8: "int8",
  q4: "4-bit",
  q4f16: "4-bit",
  bnb4: "4-bit",
};

/** Operators that multiply by matrices of 8-bit integers. */
const INTEGER_OPERATORS = ["MatMulInteger", "DynamicQuantizeMatMul", "MatMulIntegerToFloat", "QLinearMatMul"] as const;

/** A model's own measurement of one of its files beside its fp32 file, in natural logprobs over all tokens. */
const comparisonSchema = v.object({
  prefixes: v.number(),
  meanLogprobChange: v.number(),
  maxLogprobChange: v.number(),
  meanKlNats: v.number(),
  /** Prefixes after which the most probable token is the same. */
  sameMostProbable: v.number(),
  /** Between a prefix that is read at once and one that is read token by token. */
  maxFeedingChange: v.number(),
});
export type PrecisionComparison = v.InferOutput<typeof comparisonSchema>;

/**
 * The field's name: as the graph's operators tell, whatever its file is called; else as its file is called.
 * @example of a graph of 4-bit weights whose last matrix has 8 it is "4-bit, parts int8"
 */
export function precisionName({ weightBits, operators }: GraphFile, precision: Precision): string {
  const [least, ...others] = [...weightBits].toSorted((a, b) => a - b).map((bits) =>
    bits === 8 ? "int8" : `${bits}-bit`
  );
  if (least !== undefined) return others.length === 0 ? least : `${least}, parts ${others.join(" and ")}`;
  return INTEGER_OPERATORS.some((name) => operators.has(name)) ? "int8" : FILE_NAMES[precision];
}

/** What `precision.json` in the model's folder tells of a file; undefined without one. @throws {SyntaxError} naming the file */
export async function readComparison(folder: string, precision: Precision): Promise<PrecisionComparison | undefined> {
  const file = `${folder}/precision.json`;
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  try {
    return v.parse(v.record(v.string(), comparisonSchema), JSON.parse(text))[precision];
  } catch (error) {
    const reason = thrownText(error);
    throw new SyntaxError(`Cannot use ${file}: expected a comparison for each precision (${reason})`);
  }
}

/** The comparison in words. */
export function comparisonNote(comparison: PrecisionComparison): string {
  const { prefixes, meanLogprobChange, maxLogprobChange, meanKlNats, sameMostProbable, maxFeedingChange } = comparison;
  return `beside fp32, logprobs are ${meanLogprobChange} nats off on average and ${maxLogprobChange} at most, ` +
    `KL ${meanKlNats.toFixed(6)} nats, the most probable token is the same after ${sameMostProbable} of ${prefixes} ` +
    `prefixes; up to ${maxFeedingChange} nats depend on what is computed together`;
}
