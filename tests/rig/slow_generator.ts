/**
 * A module of generators whose speed is known, and a page that tells what they did: for tests of a whole app in a process
 * of its own.
 */
import type { GenerateRequest, Generator, GeneratorSource } from "../../lib/generators/generator.ts";
import { fromModel } from "../../lib/generators/from_model.ts";
import { tableModel } from "../../lib/generators/table.ts";
import type { GeneratorEvent } from "../../lib/lm/event.ts";
import { button, component, defineModule, generation, nextToken, rows, text } from "../../lib/mod.ts";

/** Time between two tokens of `paced`: 20 a second. */
export const STEP_MS = 50;
/** Time for which `blocking` lets nothing else run. */
export const BLOCKED_MS = 3_000;

/** What the generators did so far. */
export interface SlowCounts {
  readonly began: number;
  readonly ended: number;
  /** Steps by the run's seed, of runs that were seen last. */
  readonly stepsOf: Readonly<Record<string, number>>;
  /** When their last steps were made, as `Date.now()`, which all processes of the machine share. */
  readonly timesOf: Readonly<Record<string, readonly number[]>>;
}

const VOCABULARY = [..."abcdefghijklmnopqrstuvwxyz0123456789 .,:;!?-+*/=()[]{}"].map((text) => text);
const WINDOW = 1_000_000;
const REMEMBERED = 200, REMEMBERED_TIMES = 8;

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
const timesOf = new Map<number, readonly number[]>();

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

/** Computes without waiting, as no module should. */
async function* blocking(request: GenerateRequest): Events {
  const untilMs = performance.now() + BLOCKED_MS;
  while (performance.now() < untilMs);
  yield* base.generate(request);
}

/** Lets an error happen where nobody waits for it. */
async function* stray(request: GenerateRequest, drop: () => void): Events {
  drop();
  await new Promise((resolve) => setTimeout(resolve, 1));
  yield* base.generate(request);
}

function dropped(): never {
  throw new Error("nobody waits for this");
}

function remember(seed: number, steps: number): void {
  stepsOf.delete(seed);
  stepsOf.set(seed, steps);
  timesOf.set(seed, steps === 0 ? [] : [...timesOf.get(seed) ?? [], Date.now()].slice(-REMEMBERED_TIMES));
  const [oldest] = stepsOf.keys();
  if (stepsOf.size <= REMEMBERED || oldest === undefined) return;
  stepsOf.delete(oldest);
  timesOf.delete(oldest);
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
  return sourceOf(`${everyMs} ms a token`, (request) => paced(request, everyMs));
}

function sourceOf(label: string, generate: Generator["generate"]): GeneratorSource {
  return { kind: "table", label, open: () => Promise.resolve({ ...base, generate }) };
}

/** Three steps, then an error. */
async function* failing(request: GenerateRequest): Events {
  let steps = 0;
  for await (const event of base.generate(request)) {
    if (event.type === "step" && ++steps > 3) throw new Error("the fourth step is broken");
    yield event;
  }
}

/** Where the process was started with leave to ask for it. */
function collectGarbage(): void {
  const collect: unknown = Reflect.get(globalThis, "gc");
  // The last resort gives back to the system what holds nothing any more.
  if (typeof collect === "function") collect({ type: "major", execution: "sync", flavor: "last-resort" });
}

export default defineModule({
  name: "slow",
  title: "Slow",
  generators: {
    paced: source(STEP_MS),
    quick: source(0),
    brisk: source(20),
    slowest: source(1_000),
    blocking: sourceOf("stands still", blocking),
    failing: sourceOf("breaks", failing),
    stray_promise: sourceOf("drops a promise", (request) => stray(request, () => void Promise.resolve().then(dropped))),
    stray_timer: sourceOf("drops a timer", (request) => stray(request, () => setTimeout(dropped))),
  },
  tasks: { copy: { dataset: { all: rows([{ text: "abc" }]) }, prompt: ({ text }) => text } },
  components: [
    generation(),
    nextToken(),
    component("Clicks", () => {
      const told = text("nothing yet", { name: "told" });
      const count = button("Count", { name: "count", inputs: {} }, async function* () {
        for (let done = 1; done <= 3; done++) {
          told.set(`click ${done}`);
          yield { done, of: 3 };
          await Promise.resolve();
        }
      });
      return [count, told];
    }),
    component("Counts", () => {
      collectGarbage();
      return [
        text(
          JSON.stringify(
            {
              ...counts,
              stepsOf: Object.fromEntries(stepsOf),
              timesOf: Object.fromEntries(timesOf),
            } satisfies SlowCounts,
          ),
          {
            name: "counts",
          },
        ),
      ];
    }),
  ],
});
