/**
 * A module of generators whose speed is known, and a page that tells what they did: for tests of a whole app in a process
 * of its own.
 */
import type { GenerateRequest, Generator, GeneratorSource } from "../../lib/generators/generator.ts";
import { fromModel } from "../../lib/generators/from_model.ts";
import { tableModel } from "../../lib/generators/table.ts";
import type { GeneratorEvent } from "../../lib/lm/event.ts";
import { component, defineModule, generation, nextToken, rows, text } from "../../lib/mod.ts";

/** Time between two tokens of `paced`: 20 a second. */
export const STEP_MS = 50;

/** What the generators did so far. */
export interface SlowCounts {
  readonly began: number;
  readonly ended: number;
  /** Steps by the run's seed, of runs that were seen last. */
  readonly stepsOf: Readonly<Record<string, number>>;
}

const VOCABULARY = [..."abcdefghijklmnopqrstuvwxyz0123456789 .,:;!?-+*/=()[]{}"].map((text) => text);
const WINDOW = 1_000_000;
const REMEMBERED = 200;

const model = tableModel({
  vocabulary: VOCABULARY,
  contextWindow: WINDOW,
  logits(prefix) {
    const last = prefix.at(-1)?.id ?? 0;
    return VOCABULARY.map((_, id) => Math.sin(last * 7.13 + id * 3.7) * 3);
  },
});
const base = fromModel(model, { device: "cpu", precision: "exact" });
const counts = { began: 0, ended: 0 };
const stepsOf = new Map<number, number>();

type Events = AsyncGenerator<GeneratorEvent, void, void>;

/** A step at its due time, which does not move when one before it was late. */
async function* paced(request: GenerateRequest, everyMs: number): Events {
  const { seed } = request.params;
  const startedMs = performance.now();
  let steps = 0;
  counts.began++;
  remember(seed, 0);
  try {
    for await (const event of base.generate(request)) {
      if (event.type === "step") {
        await until(startedMs + everyMs * ++steps, request.signal);
        remember(seed, steps);
      }
      yield event;
    }
  } finally {
    counts.ended++;
  }
}

function remember(seed: number, steps: number): void {
  stepsOf.delete(seed);
  stepsOf.set(seed, steps);
  const [oldest] = stepsOf.keys();
  if (stepsOf.size > REMEMBERED && oldest !== undefined) stepsOf.delete(oldest);
}

function until(dueMs: number, signal: AbortSignal | undefined): Promise<void> | undefined {
  const ms = dueMs - performance.now();
  if (ms <= 0 || signal?.aborted === true) return;
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", go);
      resolve();
    };
    const timer = setTimeout(go, ms);
    signal?.addEventListener("abort", go);
  });
}

function source(everyMs: number): GeneratorSource {
  const generator: Generator = { ...base, generate: (request) => paced(request, everyMs) };
  return { kind: "table", label: `${everyMs} ms a token`, open: () => Promise.resolve(generator) };
}

export default defineModule({
  name: "slow",
  title: "Slow",
  generators: { paced: source(STEP_MS), quick: source(0), brisk: source(20), slowest: source(1_000) },
  tasks: { copy: { dataset: { all: rows([{ text: "abc" }]) }, prompt: ({ text }) => text } },
  components: [
    generation(),
    nextToken(),
    component("Counts", () => [
      text(JSON.stringify({ ...counts, stepsOf: Object.fromEntries(stepsOf) } satisfies SlowCounts), {
        name: "counts",
      }),
    ]),
  ],
});
