/** F11: Whatever a module's code throws ends what it was asked for with a named problem, and touches nothing else. */
import assert from "node:assert/strict";
import type { Generator, GeneratorSource } from "../../lib/generators/generator.ts";
import type { GeneratorEvent } from "../../lib/lm/event.ts";
import {
  button,
  chat,
  component,
  type DatasetSource,
  defineModule,
  generation,
  nextToken,
  rows,
  text,
} from "../../lib/mod.ts";
import type { Metric } from "../../lib/metrics/metric.ts";
import { startApp } from "../rig/app_process.ts";
import { GENERATE, runBody } from "../rig/load.ts";
import { measured } from "../rig/measured.ts";
import { readEvents, readProblem } from "../rig/read_events.ts";
import { type RigApp, rigApp } from "../rig/rig_app.ts";
import { rigModule } from "../rig/rig_module.ts";
import { until } from "../rig/until.ts";

const MESSAGE = "raised on purpose";
/** What is thrown, and in which way. */
const THROWS = {
  sync: () => {
    throw new Error(MESSAGE);
  },
  async: () => Promise.reject(new Error(MESSAGE)),
  after_yield: async function* () {
    yield;
    throw new Error(MESSAGE);
  },
  text: () => {
    throw MESSAGE;
  },
  nothing: () => {
    throw undefined;
  },
  // What cannot even be read.
  unreadable: () => {
    throw { toString: () => assert.fail() };
  },
  trap: () => {
    throw new Proxy(new Error(MESSAGE), { get: () => assert.fail() });
  },
} as const;
type Way = keyof typeof THROWS;
const WAYS: readonly Way[] = ["sync", "async", "after_yield", "text", "nothing", "unreadable", "trap"];

const table = rigModule.generators.table ?? assert.fail();
/** As plain JavaScript has it, where no type says what a function gives. */
const untyped = <Value>(value: unknown) => value as Value;

function generatorOf(way: Way): GeneratorSource {
  return {
    ...table,
    async open(context) {
      const good = await table.open(context);
      const late = way === "after_yield" ? 1 : way === "async" ? 0 : undefined;
      if (late === undefined) return { ...good, generate: untyped<Generator["generate"]>(THROWS[way]) };
      const generate = async function* (
        request: Parameters<Generator["generate"]>[0],
      ): AsyncGenerator<GeneratorEvent, void, void> {
        let steps = 0;
        for await (const event of good.generate(request)) {
          if (steps >= late) throw new Error(MESSAGE);
          if (event.type === "step") steps++;
          yield event;
        }
      };
      return { ...good, generate };
    },
  };
}

const sourceOf = (way: Way): GeneratorSource => ({ ...table, open: untyped<GeneratorSource["open"]>(THROWS[way]) });
/** Generates, and throws where it is asked for anything else. */
const answerOf = (way: Way): GeneratorSource => ({
  ...table,
  async open(context) {
    const thrown = THROWS[way];
    return {
      ...await table.open(context),
      next: untyped<NonNullable<Generator["next"]>>(thrown),
      score: untyped<NonNullable<Generator["score"]>>(thrown),
      tokenize: untyped<NonNullable<Generator["tokenize"]>>(thrown),
      renderChat: untyped<NonNullable<Generator["renderChat"]>>(thrown),
    };
  },
});
const splitOf = (way: Way): DatasetSource<string> => ({ label: way, open: untyped<() => never>(THROWS[way]) });
const rowsOf = (way: Way): DatasetSource<string> => ({
  label: way,
  open: () => Promise.resolve({ size: 1, problems: [], row: untyped<() => string>(THROWS[way]) }),
});
const of = <Value>(make: (way: Way) => Value) => Object.fromEntries(WAYS.map((way) => [way, make(way)]));
const task = { dataset: { all: rows(["abc"]) }, prompt: (sample: string) => sample, params: { maxTokens: 4 } };
const TALK = { messages: [{ role: "user", content: "a" }], generator: "good" };
const metricOf = (way: Way) => untyped<Metric>({ kind: "text", description: "throws", compute: THROWS[way] });
const length: Metric = { kind: "text", description: "characters", compute: (completion) => completion.length };

/** Made once for all pages, though an element can stand on one alone. */
const shared = text("shared");

const module = defineModule({
  name: "faulty",
  generators: {
    good: table,
    ...of(generatorOf),
    ...Object.fromEntries(WAYS.map((way) => [`answer_${way}`, answerOf(way)])),
    ...Object.fromEntries(WAYS.map((way) => [`open_${way}`, sourceOf(way)])),
  },
  tasks: {
    good: { ...task, metrics: { length } },
    ...Object.fromEntries(
      WAYS.map((way) => [`prompt_${way}`, { ...task, prompt: untyped<() => string>(THROWS[way]) }]),
    ),
    ...Object.fromEntries(
      WAYS.map((way) => [`target_${way}`, { ...task, target: untyped<() => string>(THROWS[way]) }]),
    ),
    ...Object.fromEntries(WAYS.map((way) => [`split_${way}`, { ...task, dataset: { all: splitOf(way) } }])),
    ...Object.fromEntries(WAYS.map((way) => [`row_${way}`, { ...task, dataset: { all: rowsOf(way) } }])),
    ...Object.fromEntries(WAYS.map((way) => [`show_${way}`, { ...task, show: untyped<() => []>(THROWS[way]) }])),
    ...Object.fromEntries(WAYS.map((way) => [`metric_${way}`, { ...task, metrics: { bad: metricOf(way), length } }])),
  },
  components: [
    generation(),
    ...WAYS.map((way) => component(`Setup ${way}`, untyped<() => []>(THROWS[way]))),
    ...WAYS.map((way) => chat({ name: `prompt_${way}`, prompt: untyped<() => string>(THROWS[way]) })),
    ...WAYS.map((way) =>
      chat({ name: `controls_${way}`, prompt: () => "abc", controls: untyped<() => Record<never, never>>(THROWS[way]) })
    ),
    chat({ name: "talk" }),
    chat({ name: "prompt_good", prompt: () => "abc" }),
    nextToken(),
    component("Sharing", ({ page }) => [
      button("Share", { name: "share", inputs: {} }, async () => {
        await Promise.resolve();
        page.add(shared);
      }),
    ]),
    component("Actions", () => {
      const told = text("0", { name: "told" });
      const count = button("Count", { name: "count", inputs: {} }, () => told.set(Number(told.state.text) + 1));
      return [told, count, ...WAYS.map((way) => button(way, { name: way, inputs: {} }, THROWS[way]))];
    }),
  ],
});

Deno.test("F11: thirteen places in a module, seven ways to throw", async (t) => {
  const app = await rigApp({ modules: [module] });
  const { session } = await (await app.fetch("/api/faulty/actions/elements")).json();
  let clicks = 0;
  /** Another run, and the same page, work as before. */
  const assertOthersWork = async () => {
    const events = await run(app, { task: "good", generator: "good" });
    assert.deepEqual(events.slice(-2).map(({ type }) => type), ["metric", "done"]);
    await (await app.post("/api/faulty/actions/elements/count", { session, inputs: {} })).text();
    const { elements } = await (await app.fetch(`/api/faulty/actions/elements?session=${session}`)).json();
    assert.equal(elements.told.text, String(++clicks), "the page kept its state");
  };
  const PLACES: Readonly<Record<string, (way: Way) => Promise<void>>> = {
    setup: async (way) => {
      const name = `setup-${way.replace("_", "-")}`;
      assertLogged(app, await readProblem(await app.fetch(`/api/faulty/${name}/elements`)));
    },
    action: async (way) => {
      const answer = await app.post(`/api/faulty/actions/elements/${way}`, { session, inputs: {} });
      const [, problem = "{}"] = /"status":"failed".*?"problem":(\{.*?\})/.exec(await answer.text()) ?? [];
      assertLogged(app, JSON.parse(problem));
    },
    prompt: async (way) => {
      const body = { task: `prompt_${way}`, generator: "good" };
      assertLogged(app, await readProblem(await app.post("/api/faulty/generation/generate", body)));
    },
    target: async (way) => {
      const body = { task: `target_${way}`, generator: "good" };
      assertLogged(app, await readProblem(await app.post("/api/faulty/generation/score", body)));
    },
    show: async (way) => {
      const body = { task: `show_${way}`, generator: "good" };
      assertLogged(app, await readProblem(await app.post("/api/faulty/generation/generate", body)));
    },
    split: async (way) => {
      const body = { task: `split_${way}`, generator: "good" };
      assertLogged(app, await readProblem(await app.post("/api/faulty/generation/generate", body)), 503);
    },
    row: async (way) => {
      const body = { task: `row_${way}`, generator: "good" };
      // A generator that nobody reads is a row, of which there is no prompt.
      const status = way === "after_yield" ? 500 : 422;
      assertLogged(app, await readProblem(await app.post("/api/faulty/generation/generate", body)), status);
    },
    chat_prompt: async (way) => {
      for (const call of ["chat", "chat_prompt"]) {
        assertLogged(app, await readProblem(await app.post(`/api/faulty/prompt_${way}/${call}`, TALK)));
      }
    },
    chat_controls: async (way) => {
      assertLogged(app, await readProblem(await app.post(`/api/faulty/controls_${way}/chat`, TALK)));
      assert.equal((await app.fetch(`/faulty/controls_${way}`)).status, 500, "its page says so");
    },
    generator: async (way) => {
      const answer = await app.post("/api/faulty/generation/generate", { task: "good", generator: way });
      if (answer.status !== 200) return assertLogged(app, await readProblem(answer));
      const last = (await readEvents(answer)).at(-1);
      assert.ok(last?.type === "error");
      assertLogged(app, last.problem);
    },
    answer: async (way) => {
      const generator = `answer_${way}`;
      const asked: readonly (readonly [string, object])[] = [
        ["next-token/next_token", { task: "good" }],
        ["generation/score", { task: "good", completion: "a" }],
        ["talk/chat", TALK],
        ["prompt_good/chat_prompt", TALK],
      ];
      for (const [call, body] of asked) {
        assertLogged(app, await readProblem(await app.post(`/api/faulty/${call}`, { ...body, generator })));
      }
    },
    source: async (way) => {
      const answer = await app.post("/api/faulty/generation/generate", { task: "good", generator: `open_${way}` });
      assertLogged(app, await readProblem(answer), 503);
    },
    metric: async (way) => {
      const events = await run(app, { task: `metric_${way}`, generator: "good" });
      const metrics = events.flatMap((event) =>
        event.type === "metric" ? [[event.name, event.value !== undefined]] : []
      );
      assert.deepEqual(metrics, [["bad", false], ["length", true]]);
      assert.match(
        events.flatMap((event) => event.type === "warning" ? [event.message] : []).join(),
        /Cannot compute bad/,
      );
      assert.equal(events.at(-1)?.type, "done");
      const before = failuresOf(app);
      const body = { task: `metric_${way}`, generator: "good", completion: "a" };
      const { metrics: scored, warnings } = await (await app.post("/api/faulty/generation/score", body)).json();
      assert.deepEqual(scored, [{ name: "bad" }, { name: "length", value: 1 }]);
      assert.match(warnings.join(), /^Cannot compute bad/);
      assert.equal(failuresOf(app), before + 1, "the log has it");
    },
  };
  for (const [place, check] of Object.entries(PLACES)) {
    for (const way of WAYS) {
      await t.step(`${place}: ${way}`, async () => {
        await check(way);
        await assertOthersWork();
      });
    }
  }
  const count = Object.keys(PLACES).length * WAYS.length;
  measured("F11", `${count} of ${count} faults told where they belong, all else as before`);
});

Deno.test("F11: an action that adds an element of another page fails with that message, and the page stays", async () => {
  const app = await rigApp({ modules: [module] });
  const read = async (query = "") => await app.fetch(`/api/faulty/sharing/elements${query}`);
  const share = async (session: string) =>
    await (await app.post("/api/faulty/sharing/elements/share", { session, inputs: {} })).text();
  const [first, second] = [await (await read()).json(), await (await read()).json()];
  assert.match(await share(first.session), /"status":"done"/);
  const answer = await share(second.session);
  assert.match(answer, /"status":"failed".*Cannot place text \\"text\\" on two pages/);
  const { elements } = await (await read(`?session=${second.session}`)).json();
  assert.equal(elements.page.children.length, 1);
});

Deno.test("F11: what a module drops, and nobody waits for, is logged and ends nothing", async () => {
  await using app = await startApp();
  for (const generator of ["stray_promise", "stray_timer", "quick"]) {
    const text = await (await app.call(GENERATE, { body: runBody({ generator, tokens: 3 }) })).text();
    assert.equal(text.match(/^event: step$/gm)?.length, 3);
    assert.match(text, /event: done/);
  }
  await until("both are logged", () => app.log.filter((line) => line.includes('"failure"')).length >= 2);
  const failures = app.log.map((line) => JSON.parse(line)).filter(({ event }) => event === "failure");
  for (const { error } of failures) {
    assert.match(error, /^Error\n {4}at (?:Timeout\.)?dropped .*slow_generator\.ts:\d+:\d+/);
  }
  measured("F11", "a dropped promise and a dropped timer logged");
});

function failuresOf({ logged }: RigApp): number {
  return logged.filter((line) => line.includes('"failure"')).length;
}

async function run(app: RigApp, body: object) {
  return await readEvents(await app.post("/api/faulty/generation/generate", body));
}

function assertLogged(
  app: RigApp,
  { id, status, detail }: { id?: string; status?: number; detail?: string },
  expected = 500,
): void {
  assert.equal(status, expected, detail);
  assert.ok(id !== undefined && app.logged.some((line) => line.includes('"failure"') && line.includes(id)), detail);
}
