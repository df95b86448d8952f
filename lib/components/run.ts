/** One run: a generator's events, the metrics of what it wrote, and `done`. */
import type { Generator } from "../generators/generator.ts";
import { PathError } from "../lm/decode.ts";
import type { FinishReason, RunEvent, ScoredToken } from "../lm/event.ts";
import type { Message } from "../lm/message.ts";
import type { SamplingParams } from "../lm/params.ts";
import type { Scored } from "../lm/wire.ts";
import type { TokenId } from "../lm/token.ts";
import type { Metric } from "../metrics/metric.ts";
import { thrownText } from "../lm/thrown.ts";

type Metrics = Readonly<Record<string, Metric>>;

export interface RunRequest {
  readonly generator: Generator;
  /** The exact text that the model receives. */
  readonly prompt: string;
  /** The conversation that the prompt was rendered from. */
  readonly messages?: readonly Message[] | undefined;
  /** Tokens that every completion begins with, and the salt of the first one's noise. */
  readonly path?: readonly TokenId[];
  readonly firstSequence?: number;
  readonly target?: string | undefined;
  readonly metrics: Metrics;
  /** What is said of an error of a metric's own code. Default: its message. */
  readonly reason?: (error: unknown) => string;
  readonly params: SamplingParams;
  /** Candidates that each step carries. */
  readonly top: number;
  readonly signal: AbortSignal;
}

export interface ScoringRequest {
  readonly generator: Generator;
  readonly prompt: string;
  /** The prompt with its fields left blank, to tell what they contribute. */
  readonly nullPrompt?: string | undefined;
  readonly completion: string | readonly TokenId[];
  readonly target?: string | undefined;
  readonly metrics: Metrics;
  /** As `RunRequest` has it. */
  readonly reason?: (error: unknown) => string;
  readonly top: number;
  readonly signal: AbortSignal;
}

/** A generator that gives no logprobs of a given text. */
export class ScoringUnavailableError extends Error {
  override readonly name = "ScoringUnavailableError";
}

interface Measured {
  readonly name: string;
  readonly value?: number;
  /** Why there is no value: what its code threw. */
  readonly fault?: Fault;
}

interface Fault {
  readonly error: unknown;
}

/** Completions that ended by themselves; of the others a metric would say something about the end, not the text. */
const MEASURED: readonly FinishReason[] = ["stop", "length"];

/**
 * Runs only as fast as it is pulled, and ends the generator when it is returned.
 * @throws what the generator throws, before the first event or between two; nothing once the signal has aborted
 */
export async function* run(request: RunRequest): AsyncGenerator<RunEvent, void, void> {
  const { generator, prompt, messages, path, firstSequence, target, metrics, params, top, signal } = request;
  const { reason = thrownText } = request;
  const startedMs = performance.now();
  const logprobs = new Map<number, number[]>();
  /** Completions of which not all logprobs are known: what is known would pass for the whole. */
  const partial = new Set<number>();
  try {
    for await (const event of generator.generate({ prompt, messages, path, firstSequence, params, top, signal })) {
      yield event;
      if (event.type === "step") {
        const known = logprobs.get(event.sequence);
        if (event.logprob === undefined) partial.add(event.sequence);
        else if (known === undefined) logprobs.set(event.sequence, [event.logprob]);
        else known.push(event.logprob);
      } else if (event.type === "finish" && MEASURED.includes(event.reason)) {
        const { sequence, text } = event;
        const whole = partial.has(sequence) ? [] : logprobs.get(sequence) ?? [];
        for (const measured of measure(metrics, { text, target, logprobs: whole })) {
          yield* metricEvents(sequence, measured, reason);
        }
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  yield { type: "done", elapsedMs: performance.now() - startedMs };
}

/**
 * Scores a given completion, teacher-forced. Text metrics are left out when the completion is the target itself.
 * @throws {ScoringUnavailableError} when the generator cannot score; and what the generator throws
 */
export async function scoreCompletion(request: ScoringRequest): Promise<Scored> {
  const { generator, prompt, nullPrompt, completion, target, metrics, reason = thrownText, top, signal } = request;
  const tokens = await scoreTokens({ generator, prompt, completion, top, signal });
  const ids = tokens.map(({ token }) => token.id);
  const blank = nullPrompt === undefined || nullPrompt === "" || nullPrompt === prompt
    ? undefined
    : await scoreTokens({ generator, prompt: nullPrompt, completion: ids, top: 1, signal }).catch(unlessPathError);
  const promptTokens = await generator.tokenize?.(prompt, signal);
  const text = typeof completion === "string" && completion !== target ? completion : undefined;
  const measured = measure(metrics, { text, target, logprobs: tokens.map(({ logprob }) => logprob) });
  const warnings = measured.flatMap(({ name, fault }) => fault === undefined ? [] : [warningOf(name, fault, reason)]);
  return {
    ...(promptTokens === undefined ? {} : { prompt: promptTokens }),
    tokens,
    ...(blank === undefined || blank.some(({ token }, index) => token.id !== ids[index])
      ? {}
      : { nullLogprobs: blank.map(({ logprob }) => logprob) }),
    metrics: measured.map(({ name, value }) => value === undefined ? { name } : { name, value }),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

/** Subtle: where the first token begins within a character of the prompt, a server cannot be sent the tokens as text. */
function unlessPathError(error: unknown): undefined {
  if (!(error instanceof PathError)) throw error;
}

/** The tokens of a given completion alone, in one pass. @throws as `scoreCompletion` */
export async function scoreTokens(
  { generator, prompt, completion, top, signal }: Omit<ScoringRequest, "nullPrompt" | "target" | "metrics" | "reason">,
): Promise<readonly ScoredToken[]> {
  if (generator.score === undefined) {
    throw new ScoringUnavailableError(
      `Cannot score: ${generator.lacks?.score ?? "this generator gives no logprobs of a given text"}`,
    );
  }
  return await generator.score({ prompt, completion, top, signal });
}

interface Measurable {
  /** Absent: text metrics are left out. */
  readonly text: string | undefined;
  readonly target: string | undefined;
  readonly logprobs: readonly number[];
}

function measure(metrics: Metrics, evidence: Measurable): readonly Measured[] {
  return Object.entries(metrics)
    .filter(([, { kind }]) => kind === "logprobs" || evidence.text !== undefined)
    .map(([name, metric]) => measureOne(name, metric, evidence));
}

function measureOne(name: string, metric: Metric, { text = "", target, logprobs }: Measurable): Measured {
  try {
    if (metric.kind === "text" && metric.needsTarget === true && target === undefined) return { name };
    const value = numberOf(metric.kind === "text" ? metric.compute(text, target ?? "") : metric.compute(logprobs));
    if (Number.isNaN(value)) throw new RangeError("expected a number, or undefined where there is none, got NaN");
    // JSON has no infinity, and a page can show none: such a metric has no value.
    return value === undefined || !Number.isFinite(value) ? { name } : { name, value };
  } catch (error) {
    return { name, fault: { error } };
  }
}

/** Subtle: a module may be plain JavaScript, where no type says what a function gives. */
function numberOf(value: unknown): number | undefined {
  if (value === undefined || typeof value === "number") return value;
  if (!(value instanceof Promise)) throw new TypeError(`expected a number, got ${typeof value}`);
  value.catch(() => {}); // What it may still throw is not what is wrong.
  throw new TypeError("expected a number, got a promise: the function may not be async");
}

function metricEvents(
  sequence: number,
  { name, value, fault }: Measured,
  reason: (error: unknown) => string,
): readonly RunEvent[] {
  const metric: RunEvent = { type: "metric", sequence, name, ...(value === undefined ? {} : { value }) };
  if (fault === undefined) return [metric];
  return [{ type: "warning", param: name, message: warningOf(name, fault, reason) }, metric];
}

function warningOf(name: string, { error }: Fault, reason: (error: unknown) => string): string {
  return `Cannot compute ${name}: ${reason(error)}`;
}
