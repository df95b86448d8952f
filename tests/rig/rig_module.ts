/** A module that needs no model and no file: every behaviour that routes have to bear, by generator name. */
import type { Generator, GeneratorSource } from "../../lib/generators/generator.ts";
import { fromModel } from "../../lib/generators/from_model.ts";
import { tableModel } from "../../lib/generators/table.ts";
import type { GeneratorEvent } from "../../lib/lm/event.ts";
import {
  defineModule,
  exactMatch,
  f1,
  field,
  generation,
  jsonl,
  nextToken,
  perplexity,
  prompt,
  rows,
} from "../../lib/mod.ts";

interface Sample {
  readonly text: string;
  readonly target: string;
}

const END = "<end>";
const LETTERS = "abcdefghijklmnopqrstuvwxyz ".split("");
/** The two bytes of "é" are tokens of their own, so that completions hold incomplete UTF-8 on the way. */
const VOCABULARY = [...LETTERS, [0xc3], [0xa9], END];

export const RIG_WINDOW = 64;
/** What the metric "broken" throws whenever it is asked. */
export const BROKEN_METRIC = "no such number";

export const rigModel = tableModel({
  vocabulary: VOCABULARY,
  end: END,
  contextWindow: RIG_WINDOW,
  logits(prefix) {
    const last = prefix.at(-1)?.id ?? 0;
    return VOCABULARY.map((_, id) =>
      last === 27 ? (id === 28 ? 8 : -8) : id === (last + 1) % 29 ? 2 : id === 29 ? -1 : 0
    );
  },
});

/** What the generators of the rig did; a test reads what changed. */
export const rigLog = { steps: 0, returned: 0, opened: 0 };

function rigGenerator(
  generate: Generator["generate"] = (request) => rigBase.generate(request),
): GeneratorSource {
  return {
    kind: "table",
    label: "rig",
    open() {
      rigLog.opened++;
      return Promise.resolve({ ...rigBase, generate });
    },
  };
}

const rigBase = fromModel(rigModel, { device: "cpu", precision: "exact" });

async function* counted(events: AsyncIterable<GeneratorEvent>): AsyncGenerator<GeneratorEvent, void, void> {
  try {
    for await (const event of events) {
      if (event.type === "step") rigLog.steps++;
      yield event;
    }
  } finally {
    rigLog.returned++;
  }
}

/** Three steps, then an error. */
async function* failing(events: AsyncIterable<GeneratorEvent>): AsyncGenerator<GeneratorEvent, void, void> {
  let steps = 0;
  for await (const event of events) {
    if (event.type === "step" && ++steps > 3) throw new Error("the fourth step is broken");
    yield event;
  }
}

/** Six steps, then no more until it is cancelled. */
async function* held(
  events: AsyncIterable<GeneratorEvent>,
  signal: AbortSignal | undefined,
): AsyncGenerator<GeneratorEvent, void, void> {
  let steps = 0;
  for await (const event of events) {
    yield event;
    if (event.type === "step" && ++steps === 6) return await cancelled(signal);
  }
}

/** Never a step: as a model that thinks until it is cancelled. */
async function* waiting(signal: AbortSignal | undefined): AsyncGenerator<GeneratorEvent, void, void> {
  yield { type: "prompt", tokens: [] };
  await cancelled(signal);
}

async function cancelled(signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return;
  await new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
}

export const SAMPLES: readonly Sample[] = [
  { text: "abc", target: "def" },
  { text: "xyz", target: " a" },
  { text: "qé", target: "r" },
];

export const rigModule = defineModule({
  name: "rig",
  title: "Rig",
  generators: {
    table: rigGenerator(),
    counted: rigGenerator((request) => counted(rigBase.generate(request))),
    failing: rigGenerator((request) => failing(rigBase.generate(request))),
    held: rigGenerator((request) => held(rigBase.generate(request), request.signal)),
    waiting: rigGenerator(({ signal }) => waiting(signal)),
    mute: {
      kind: "table",
      label: "cannot score",
      open: () => Promise.resolve({ facts: rigBase.facts, generate: rigBase.generate, close: rigBase.close }),
    },
    missing: {
      kind: "onnx",
      label: "models/nowhere",
      check: () => Promise.reject(new Deno.errors.NotFound('Cannot open "models/nowhere": no such folder')),
      open: () => Promise.reject(new Deno.errors.NotFound('Cannot open "models/nowhere": no such folder')),
    },
  },
  tasks: {
    copy: {
      dataset: {
        test: rows(SAMPLES),
        long: rows([{ text: "a".repeat(RIG_WINDOW), target: "b" }]),
        gone: jsonl<Sample>("data/gone.jsonl"),
      },
      prompt: ({ text }) => prompt`${field("text", text)} `,
      target: ({ target }) => target,
      metrics: {
        F1: f1,
        EM: exactMatch,
        ppl: perplexity,
        broken: {
          kind: "text",
          description: "throws",
          compute: () => {
            throw new Error(BROKEN_METRIC);
          },
        },
      },
      params: { maxTokens: 12 },
    },
    bare: { dataset: { all: rows([{ text: "a" }]) }, prompt: ({ text }) => text },
    throwing: {
      dataset: { all: rows([{ text: "a" }]) },
      prompt: () => {
        throw new Error("the developer's prompt is broken");
      },
    },
  },
  components: [generation(), nextToken()],
});
