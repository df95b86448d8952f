/**
 * The processors: what edits a step's logits between the model and the draw, in the order of `PROCESSORS`.
 * Each works in place on `[vocab]` logits, where −∞ means removed, and none is run when its param is the identity.
 */
import type { Distribution } from "./distribution.ts";
import type { ProcessorName } from "./event.ts";
import { at, topIds } from "./logits.ts";
import type { SamplingParams } from "./params.ts";
import type { TokenId } from "./token.ts";

/** Which tokens already stand before the position. */
export interface SeenTokens {
  readonly prompt: ReadonlySet<TokenId>;
  /** Token id → times in the completion so far. */
  readonly completion: ReadonlyMap<TokenId, number>;
}

/** Those that move single logits: after them another token may be the most probable. */
const EDITS = ["logit_bias", "repetition_penalty", "frequency_penalty", "presence_penalty"] as const;
export type EditName = typeof EDITS[number];

export function isEdit(name: ProcessorName): name is EditName {
  return EDITS.some((edit) => edit === name);
}

/** Whether a processor does anything under the params. */
export function isActive(name: ProcessorName, params: SamplingParams): boolean {
  switch (name) {
    case "logit_bias":
      return Object.keys(params.logitBias).length > 0;
    case "repetition_penalty":
      return params.repetitionPenalty !== 1;
    case "frequency_penalty":
      return params.frequencyPenalty !== 0;
    case "presence_penalty":
      return params.presencePenalty !== 0;
    case "temperature":
      return params.temperature !== 1;
    case "top_k":
      return params.topK > 0;
    case "top_p":
      return params.topP < 1;
    case "min_p":
      return params.minP > 0;
  }
}

/** Adds `bias[id]` to each named logit; −∞ bans. */
export function logitBias(logits: Float32Array, bias: SamplingParams["logitBias"]): void {
  for (const [key, value] of Object.entries(bias)) {
    const id = Number(key);
    if (id < logits.length) logits[id] = at(logits, id) + value;
  }
}

/** The largest number of 32 bits. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

/**
 * Divides positive logits of seen tokens by `penalty`, multiplies negative ones (Keskar et al., CTRL, 2019).
 * @param shift what was taken from all logits before: it is their sign without that which counts
 * @example logits [2, −2, 1], ids 0 and 1 seen, penalty 2 gives [1, −4, 1]
 */
export function repetitionPenalty(logits: Float32Array, seen: SeenTokens, penalty: number, shift = 0): void {
  if (!(penalty > 0)) {
    throw new RangeError(`Cannot apply repetition_penalty as it must be above 0: current value is ${penalty}`);
  }
  for (const id of seen.prompt) penalize(logits, id, penalty, shift);
  for (const id of seen.completion.keys()) if (!seen.prompt.has(id)) penalize(logits, id, penalty, shift);
}

function penalize(logits: Float32Array, id: TokenId, penalty: number, shift: number): void {
  const value = at(logits, id) + shift;
  if (value === -Infinity) return;
  // Subtle: after the smallest temperatures a penalty can be too large for float32, and it removes no token.
  const moved = (value > 0 ? value / penalty : value * penalty) - shift;
  logits[id] = Math.max(-LARGEST, Math.min(LARGEST, moved));
}

/** Subtracts `penalty` for each time a token is in the completion. */
export function frequencyPenalty(logits: Float32Array, seen: SeenTokens, penalty: number): void {
  for (const [id, times] of seen.completion) if (id < logits.length) logits[id] = at(logits, id) - penalty * times;
}

/** Subtracts `penalty` from each token that is in the completion. */
export function presencePenalty(logits: Float32Array, seen: SeenTokens, penalty: number): void {
  for (const id of seen.completion.keys()) if (id < logits.length) logits[id] = at(logits, id) - penalty;
}

/**
 * Divides logits by `temperature`; at 0 only the largest stays (of equals the lowest id).
 * The largest becomes 0, which changes no probability; `temperatureShift` tells by how much all are less.
 * @param distribution that of the logits
 * @example [2, 1] at 0.5 gives [0, -2]
 */
export function temperature(logits: Float32Array, temperature: number, { mode }: Distribution): void {
  if (!(temperature >= 0)) {
    throw new RangeError(`Cannot apply temperature as it must be at least 0: current value is ${temperature}`);
  }
  if (temperature === 0) return keepOnly(logits, [mode]);
  // Subtle: from the largest, which then stays 0, so that no temperature is too small for float32.
  const largest = at(logits, mode);
  for (let id = 0; id < logits.length; id++) logits[id] = (at(logits, id) - largest) / temperature;
}

/**
 * What is taken from all logits once the temperature has acted on them; 0 where that is past all numbers.
 * @param shift what was taken before
 * @example [2, 1] at 0.5 are [4, 2] without the shift, which is 4
 */
export function temperatureShift({ logits, mode }: Distribution, temperature: number, shift: number): number {
  const after = (at(logits, mode) + shift) / temperature;
  return Number.isFinite(after) ? after : 0;
}

/** Keeps the `k` largest. @example [3, 1, 2] with k = 2 keeps ids 0 and 2 */
export function topK(logits: Float32Array, k: number): void {
  if (!Number.isInteger(k) || k < 1) {
    throw new RangeError(`Cannot apply top_k as it must be a whole number from 1: current value is ${k}`);
  }
  if (k < logits.length) keepOnly(logits, topIds(logits, k));
}

/**
 * Keeps the smallest set of candidates whose probabilities sum to at least `p` (Holtzman et al., 2019).
 * @param distribution that of the logits
 * @example [0.5, 0.3, 0.2] with p = 0.6 keeps the first two
 */
export function topP(logits: Float32Array, p: number, distribution: Distribution): void {
  if (!(p > 0 && p <= 1)) throw new RangeError(`Cannot apply top_p as it must be in (0, 1]: current value is ${p}`);
  const bins = binWeights(distribution), wanted = p * distribution.weightSum;
  let before = 0, bin = 0;
  while (bin < BINS - 1 && before + (bins[bin] ?? 0) < wanted) before += bins[bin++] ?? 0;
  // Only the bin in which the sum crosses what is wanted has to be sorted.
  const crossing: TokenId[] = [];
  const largest = at(distribution.logits, distribution.mode);
  for (let id = 0; id < logits.length; id++) {
    const place = binOf(largest - at(logits, id));
    if (place > bin) logits[id] = -Infinity;
    else if (place === bin && at(logits, id) > -Infinity) crossing.push(id);
  }
  // Subtle: by logits, since logprobs of almost equal logits round to one number.
  crossing.sort((one, other) => at(logits, other) - at(logits, one) || one - other);
  for (const id of crossing) {
    // Subtle: the candidate that crosses it is kept, so the set is never empty.
    if (before >= wanted) logits[id] = -Infinity;
    before += distribution.weight(id);
  }
}

/**
 * Drops candidates less probable than `p` times the most probable.
 * @param distribution that of the logits
 * @example [0.6, 0.3, 0.1] with 0.3 keeps two
 */
export function minP(logits: Float32Array, p: number, { mode }: Distribution): void {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`Cannot apply min_p as it must be in [0, 1]: current value is ${p}`);
  const bound = at(logits, mode) + Math.log(p);
  for (let id = 0; id < logits.length; id++) if (at(logits, id) < bound) logits[id] = -Infinity;
}

function keepOnly(logits: Float32Array, ids: readonly TokenId[]): void {
  const kept = ids.map((id) => [id, at(logits, id)] as const);
  logits.fill(-Infinity);
  for (const [id, value] of kept) logits[id] = value;
}

/** Bins of a sixteenth of a nat; the last holds all that is e^64 times less probable than the most probable. */
const BINS = 1025;
const BINS_PER_NAT = 16;

/** @param nats how far a logit is below the largest */
function binOf(nats: number): number {
  const bin = nats * BINS_PER_NAT;
  return bin < BINS - 1 ? bin | 0 : BINS - 1;
}

/** Scratch space of `binWeights`. */
const weights = new Float64Array(BINS);

/** Weights of the candidates in each bin, until it is called again. */
function binWeights(distribution: Distribution): Float64Array {
  const { logits, mode } = distribution, largest = at(logits, mode);
  weights.fill(0);
  for (let id = 0; id < logits.length; id++) {
    const bin = binOf(largest - at(logits, id));
    weights[bin] = (weights[bin] ?? 0) + distribution.weight(id);
  }
  return weights;
}
