import { Distribution } from "./distribution.ts";
import type { Candidate, ProcessorLog, ProcessorName, Step } from "./event.ts";
import { rankOf, topIds } from "./logits.ts";
import type { LanguageModel } from "./model.ts";
import { setFromModel } from "./model_logits.ts";
import { drawn, gumbelAt, streamKey } from "./noise.ts";
import type { SamplingParams } from "./params.ts";
import * as processor from "./processor.ts";
import type { Token, TokenId } from "./token.ts";

/** Where a step is taken. */
export interface StepPlace {
  readonly sequence: number;
  readonly position: number;
  readonly seen: processor.SeenTokens;
  /** Candidates that the step carries. */
  readonly top: number;
  /** The token to take, whatever the draw. */
  readonly forced?: TokenId | undefined;
  /** Further candidates that it carries, whatever their rank. */
  readonly also?: readonly TokenId[];
  readonly token: (id: TokenId) => Token;
}

/** Params that leave no candidate: the request's fault, not that of the model's logits. */
export class NoCandidateError extends RangeError {
  override readonly name = "NoCandidateError";
  constructor(readonly processor: ProcessorName) {
    super(`Cannot choose a token: ${processor} removes every candidate that is left before it acts`);
  }
}

/** Model → what takes its steps. */
const samplers = new WeakMap<LanguageModel, Sampler>();

/** One for all runs of a model: a step is taken at once, and scratch space that was just used lies in the processor's cache. */
export function samplerOf(model: LanguageModel): Sampler {
  const sampler = samplers.get(model) ?? new Sampler(model.vocabularySize);
  samplers.set(model, sampler);
  return sampler;
}

/** Takes steps over one vocabulary; owns the scratch space, so that a step allocates nothing of the vocabulary's size. */
export class Sampler {
  readonly #raw: Distribution;
  /** Distributions after each processor of a step, as many as ever acted in one. */
  readonly #stages: Distribution[] = [];

  constructor(readonly vocabularySize: number) {
    this.#raw = new Distribution(vocabularySize);
  }

  /**
   * One decode position: raw distribution → processors → draw.
   * @param logits `[vocab]`, left as they are
   * @throws {LogitsError} when the logits hold NaN or +∞; {NoCandidateError} when the params leave none
   */
  step(logits: Float32Array, params: SamplingParams, place: StepPlace): Step {
    if (logits.length !== this.vocabularySize) {
      throw new RangeError(`Cannot sample from ${logits.length} logits: expected ${this.vocabularySize}`);
    }
    // Subtle: places are told by logits, since logprobs of almost equal logits round to one number.
    const ids = topIds(logits, place.top);
    const ranked = ids.length;
    const raw = setFromModel(this.#raw, logits, place.position, ids[0]);
    const processors = this.#process(params, place.seen);
    // Without a processor the final distribution is the raw one, bit for bit.
    const final = this.#stage(processors.length - 1);
    const isGreedy = params.temperature === 0;
    const key = streamKey(params.seed, place.sequence, place.position);
    const free = isGreedy ? final.mode : drawn(final, key);
    const id = place.forced ?? free;
    const noise = (of: TokenId) => isGreedy ? undefined : gumbelAt(key, of);

    for (const further of [id, ...place.also ?? []]) if (!ids.includes(further)) ids.push(further);
    const ranks = ids.map((of, index) => index < ranked ? index + 1 : rankOf(logits, of));
    const rest = raw.restLogprob(ids);
    const restFinal = final === raw ? rest : final.restLogprob(ids);
    return {
      sequence: place.sequence,
      position: place.position,
      token: place.token(id),
      logprob: raw.logprob(id),
      rank: ranks[ids.indexOf(id)] ?? 1,
      entropyNats: raw.entropyNats,
      top: ids.map((of, index) => this.#candidate(of, ranks[index] ?? 1, place, noise(of), processors)),
      ...(rest === undefined ? {} : { restLogprob: rest }),
      restCount: this.vocabularySize - ids.length,
      ...(restFinal === undefined ? {} : { restFinalLogprob: restFinal }),
      logNormalizer: raw.logNormalizer,
      processors,
      draw: id !== free
        ? { kind: "forced" }
        : isGreedy
        ? { kind: "greedy" }
        : { kind: "gumbel", noise: noise(id) ?? 0, finalLogprob: final.logprob(id) },
    };
  }

  #candidate(
    id: TokenId,
    rank: number,
    { token }: StepPlace,
    noise: number | undefined,
    processors: readonly ProcessorLog[],
  ): Candidate {
    const stages = processors.map((_, index) => this.#stage(index).logprob(id));
    const left = stages.indexOf(-Infinity);
    const excludedBy = processors[left]?.name;
    const final = stages.at(-1) ?? this.#raw.logprob(id);
    return {
      token: token(id),
      logprob: this.#raw.logprob(id),
      rank,
      ...(excludedBy === undefined ? { finalLogprob: final } : { excludedBy }),
      ...(processors.length === 0
        ? {}
        : { stageLogprobs: stages.slice(0, left < 0 ? undefined : left).map(shortened) }),
      ...(noise === undefined ? {} : { noise }),
    };
  }

  /** Runs the processors whose params are not the identity, in the params' order, and logs what each removed. */
  #process(params: SamplingParams, seen: processor.SeenTokens): ProcessorLog[] {
    const active = params.order.filter((name) => processor.isActive(name, params));
    let shift = 0;
    return active.map((name, index) => {
      const log = this.#logged(name, index, params, { seen, shift });
      if (name === "temperature") shift = processor.temperatureShift(this.#stage(index - 1), params.temperature, shift);
      return log;
    });
  }

  /** The distribution after the processor of that index; before the first of them, the raw one. */
  #stage(index: number): Distribution {
    return index < 0 ? this.#raw : this.#stages[index] ??= new Distribution(this.vocabularySize);
  }

  /** Makes `after` the distribution that a processor makes of `before`. */
  #apply(
    name: ProcessorName,
    params: SamplingParams,
    state: EditState,
    before: Distribution,
    after: Distribution,
  ): void {
    if (name === "temperature" && params.temperature === 0) return void after.setCertain(before.mode);
    after.logits.set(before.logits);
    edit(after.logits, name, params, state, before);
    const mode = processor.isEdit(name) ? topIds(after.logits, 1)[0] ?? 0 : before.mode;
    if (after.logits[mode] === -Infinity) throw new NoCandidateError(name);
    after.update(mode);
  }

  /** Subtle: the mass is that of the distribution just before the processor acts, so the entries tell a story in order. */
  #logged(name: ProcessorName, index: number, params: SamplingParams, state: EditState): ProcessorLog {
    const before = this.#stage(index - 1), after = this.#stage(index);
    this.#apply(name, params, state, before, after);
    return { name, removed: before.size - after.size, removedMass: before.massWithout(after), kept: after.size };
  }
}

/** What a processor needs beside params and logits. */
interface EditState {
  readonly seen: processor.SeenTokens;
  /** What was taken from all logits by processors before it. */
  readonly shift: number;
}

/** @param before the distribution of the logits */
function edit(
  logits: Float32Array,
  name: ProcessorName,
  params: SamplingParams,
  { seen, shift }: EditState,
  before: Distribution,
): void {
  switch (name) {
    case "logit_bias":
      return processor.logitBias(logits, params.logitBias);
    case "repetition_penalty":
      return processor.repetitionPenalty(logits, seen, params.repetitionPenalty, shift);
    case "frequency_penalty":
      return processor.frequencyPenalty(logits, seen, params.frequencyPenalty);
    case "presence_penalty":
      return processor.presencePenalty(logits, seen, params.presencePenalty);
    case "temperature":
      return processor.temperature(logits, params.temperature, before);
    case "top_k":
      return processor.topK(logits, params.topK);
    case "top_p":
      return processor.topP(logits, params.topP, before);
    case "min_p":
      return processor.minP(logits, params.minP, before);
  }
}

/** As many digits as 32 bits hold; more of them would only lengthen each step on its way. */
function shortened(logprob: number): number {
  return Number(logprob.toPrecision(7));
}
