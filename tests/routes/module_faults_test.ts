/** What a developer gets wrong in a module is told in words that lead to it. */
import assert from "node:assert/strict";
import {
  chat,
  checkbox,
  component,
  datasetView,
  defineModule,
  exactMatch,
  f1,
  field,
  generation,
  logitTable,
  type Metric,
  nextToken,
  prompt,
  rows,
} from "../../lib/mod.ts";
import type { Dataset } from "../../lib/datasets/dataset.ts";
import { parseJsonl } from "../../lib/datasets/jsonl.ts";
import { SessionGenerator } from "../../lib/components/session_generator.ts";
import { DEFAULT_PARAMS } from "../../lib/lm/params.ts";
import { isModule } from "../../lib/module.ts";
import { startLines } from "../../lib/server/start/start_lines.ts";
import { throwing } from "../rig/throwing.ts";
import { readEvents, readProblem } from "../rig/read_events.ts";
import { rigApp, rigPath } from "../rig/rig_app.ts";

const one = logitTable({ vocabulary: ["a"], logits: () => [0] });
/** As plain JavaScript may give it. */
const untyped = (value: unknown) => value as never;
/** As a JSON file may hold it: the type promises a text. */
const wrong = rows([{ topic: 5 as unknown as string }]);

const faulty = defineModule({
  name: "faulty",
  generators: { one },
  tasks: {
    field: { dataset: { all: wrong }, prompt: ({ topic }) => prompt`About ${field("topic", topic)}.` },
    target: { dataset: { all: wrong }, prompt: () => "a", target: ({ topic }) => topic },
    prompt: { dataset: { all: wrong }, prompt: ({ topic }) => topic },
    none: {
      dataset: { all: rows([{ topic: null as unknown as string }]) },
      prompt: () => "a",
      target: ({ topic }) => topic,
    },
    nothing: { dataset: { all: rows([{} as { topic: string }]) }, prompt: ({ topic }) => topic },
    throws: { dataset: { all: wrong }, prompt: throwing },
    empty: { dataset: { all: rows<{ topic: string }>([]) }, prompt: ({ topic }) => topic },
  },
  components: [generation(), nextToken()],
});

Deno.test("a value that is no text is named where it was used, on the page and over the API, and logged", async () => {
  const rig = await rigApp({ modules: [faulty] });
  const cases: readonly [string, RegExp][] = [
    ["field", /Cannot build the prompt of sample 0 of task "field": Cannot mark field "topic": expected a text, got 5/],
    ["target", /Cannot read the target of sample 0 of task "target": expected a text, got 5/],
    [
      "none",
      /Cannot read the target of sample 0 of task "none": expected a text, or undefined where there is none, got null/,
    ],
    ["prompt", /Cannot build the prompt of sample 0 of task "prompt": expected a text, got 5/],
    ["nothing", /Cannot build the prompt of sample 0 of task "nothing": expected a text, got undefined/],
  ];
  for (const [task, detail] of cases) {
    const problem = await readProblem(await rig.post("/api/faulty/generation/generate", { task }));
    assert.equal(problem.status, 500);
    assert.match(problem.detail, detail);
    const page = await rig.fetch(`/faulty/generation?task=${task}`);
    assert.equal(page.status, 500);
    assert.match((await page.text()).replaceAll("&quot;", '"'), detail);
    const id = JSON.parse(rig.logged.findLast((line) => line.includes('"failure"')) ?? "{}").id;
    assert.equal(typeof id, "string", "the log has the page's failure too");
  }
});

Deno.test("a sample whose target is undefined is shown and generated for, beside those that have one", async () => {
  const labelled = defineModule({
    name: "labelled",
    generators: { one },
    tasks: {
      t: {
        dataset: { all: rows<{ answer: string | undefined }>([{ answer: "a" }, { answer: undefined }]) },
        prompt: () => "a",
        target: ({ answer }) => answer,
        metrics: { em: exactMatch },
        params: { maxTokens: 1 },
      },
    },
    components: [generation(), datasetView()],
  });
  const rig = await rigApp({ modules: [labelled] });
  const metricsOf = async (sample: number) => {
    const response = await rig.post("/api/labelled/generation/generate", { sample });
    return (await readEvents(response)).filter(({ type }) => type === "metric");
  };
  assert.deepEqual(await metricsOf(0), [{ type: "metric", sequence: 0, name: "em", value: 1 }]);
  assert.deepEqual(await metricsOf(1), [{ type: "metric", sequence: 0, name: "em" }]);
  const pageOf = async (path: string) => await (await rig.fetch(`/labelled/${path}`)).text();
  assert.match(await pageOf("dataset?sample=0"), />Target</);
  assert.doesNotMatch(await pageOf("dataset?sample=1"), />Target</);
  assert.doesNotMatch(await pageOf("generation?sample=0"), /This sample has no target/);
  assert.match(await pageOf("generation?sample=1"), /This sample has no target/);
});

Deno.test("an error of a module's own code is told with its file, line and column", async () => {
  const rig = await rigApp({ modules: [faulty] });
  const { detail } = await readProblem(await rig.post("/api/faulty/generation/generate", { task: "throws" }));
  assert.match(detail, /"throws": topic is unknown \(tests\/rig\/throwing\.ts:\d+:\d+\)$/);
});

Deno.test("defineModule() refuses params out of range and metrics that compute nothing; a look-alike is no module", () => {
  const define = (task: object) =>
    defineModule({
      name: "x",
      generators: { one },
      tasks: { t: { dataset: { all: rows(["a"]) }, prompt: (text: string) => text, ...task } },
      components: [generation()],
    });
  assert.throws(() => define({ params: { temperature: 7 } }), /task "t" of module "x": its params\.temperature.*got 7/);
  const params: readonly (readonly [unknown, RegExp])[] = [
    [{ maxTokens: 1.5 }, /its params\.maxTokens must be a whole number from 1 to 4096, got 1\.5/],
    [{ topP: undefined }, /its params\.topP must be a number from 0\.01 to 1, got undefined/],
    [{ minP: NaN }, /its params\.minP must be .*got NaN/],
    [{ stop: "###" }, /its params\.stop must be at most 8 texts of 1 to 64 characters, got "###"/],
    [{ stop: ["x".repeat(65)] }, /its params\.stop must be at most 8 texts/],
    [{ stop: [""] }, /its params\.stop must be .*got \[""\]/],
    [{ order: ["temperature"] }, /its params\.order must name each of logit_bias, .* once, got \["temperature"\]/],
    [{ logitBias: { 5: 200 } }, /its params\.logitBias must map token ids to numbers from -100 to 100/],
    [{ logitBias: { 5: null, 6: -Infinity } }, /from -100 to 100, or -Infinity to ban, got null for "5"$/],
    [{ logitBias: { cat: 1 } }, /or -Infinity to ban, got .*cat/],
    ["greedy", /its params are "greedy", expected \{ name: value \}/],
    [null, /its params are null/],
  ];
  for (const [given, message] of params) assert.throws(() => define({ params: given }), message);
  assert.ok(isModule(define({ params: { ...DEFAULT_PARAMS, stop: ["x"], logitBias: { 5: -Infinity, 6: -100 } } })));
  for (const metric of [{}, undefined]) {
    assert.throws(() => define({ metrics: { m: metric } }), /its metric "m" has no compute/);
  }
  assert.equal(isModule(define({})), true);
  assert.throws(() => define({ metrics: [f1] }), /its metrics are a list, expected \{ name: metric \}/);
  assert.throws(() => define({ metrics: null }), /its metrics are null, expected \{ name: metric \}/);
  const { name, title, generators, tasks, components } = define({});
  assert.equal(isModule({ name, title, generators, tasks, components }), false);
});

Deno.test("defineModule() names what is misspelt or of another kind, as the app starts without a type check", () => {
  const task = { dataset: { all: rows(["a"]) }, prompt: (text: string) => text };
  const define = (definition: object) =>
    defineModule({ name: "x", generators: { one }, tasks: { t: task }, components: [generation()], ...definition });
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ tasks: { t: undefined } }, /task "t" of module "x": it is undefined, expected \{ dataset, prompt \}/],
    [{ tasks: { t: "alpaca" } }, /task "t" of module "x": it is "alpaca", expected \{ dataset, prompt \}/],
    [
      { component: [] },
      /Cannot define module "x": there is no field "component", only name, title, generators, tasks, /,
    ],
    [{ components: [generation] }, /its component 0 is a function, expected what generation\(\)/],
    [{ components: undefined }, /it has no component/],
    [{ components: generation() }, /Cannot define module "x": its components are an object, expected a list of them/],
    [{ name: undefined }, /Cannot name a module undefined: expected lower-case letters/],
    [{ name: "Café" }, /Cannot name a module "Café": expected lower-case letters/],
    [{ components: [chat({ metrics: untyped({ m: {} }) })] }, /component "chat" of module "x": its metric "m" has no/],
    [
      { components: [chat({ params: { n: 99 } })] },
      /component "chat" of module "x": its params\.n must be a whole number from 1 to 16, got 99/,
    ],
    [{ generators: { one: "models/demo" } }, /its generator "one" is "models\/demo", expected onnx\("…"\)/],
    [
      { tasks: { t: { ...task, metric: {} } } },
      /Cannot define task "t" of module "x": there is no field "metric", only /,
    ],
    [
      { tasks: { t: { ...task, params: { max_tokens: 5 } } } },
      /Cannot define the params of task "t".*"max_tokens", only .*maxTokens/,
    ],
    [{ tasks: { t: { ...task, dataset: undefined } } }, /its dataset is undefined, expected \{ split: source \}/],
    [{ tasks: { t: { ...task, dataset: rows(["a"]) } } }, /its dataset is one source, expected \{ split: source \}/],
    [{ tasks: { t: { ...task, dataset: { all: ["a"] } } } }, /its split "all" is a list, expected rows\(/],
    [{ tasks: { t: { ...task, dataset: { all: "a.jsonl" } } } }, /its split "all" is "a\.jsonl", expected rows\(/],
    [{ tasks: { t: { ...task, prompt: "Say a." } } }, /its prompt is "Say a\.", expected a function of the sample/],
    [{ tasks: { t: { ...task, target: 5 } } }, /its target is 5, expected a function of the sample/],
    [
      { tasks: { t: { ...task, metrics: { m: { compute: () => 1 } } } } },
      /the kind of its metric "m" is undefined, expected "text" or "logprobs"/,
    ],
  ];
  for (const [definition, message] of cases) assert.throws(() => define(definition), message);
  assert.throws(() => defineModule(untyped(undefined)), /Cannot define a module: it is undefined, expected \{ name, /);
  class Own {
    readonly helper = 1;
    readonly dataset = task.dataset;
    prompt(text: string): string {
      return text.repeat(this.helper);
    }
  }
  assert.ok(isModule(define({ tasks: { t: new Own() } })), "an object of a class may have more");
});

Deno.test("defineModule() refuses each name under which the app itself answers", () => {
  const routes = [...Deno.readDirSync(new URL("../../routes/", import.meta.url))];
  const taken = routes.flatMap(({ name, isDirectory }) => isDirectory && /^[a-z]/.test(name) ? [name] : []);
  assert.ok(taken.length > 0);
  const components = [component("A", () => [])];
  for (const name of taken) {
    const message = `Cannot name a module "${name}": what stands below /${name} is the app's own`;
    assert.throws(() => defineModule({ name, components }), { name: "TypeError", message });
  }
});

Deno.test("component() is named after its title, without accents, and asks for a name where no letter is left", () => {
  const names = ["My Page", "Café menu", "Übersicht 2", "2 Ñandúes!"].map((title) => component(title, () => []).name);
  assert.deepEqual(names, ["my-page", "cafe-menu", "ubersicht-2", "nandues"]);
  for (const title of ["数据", "", "7"]) {
    assert.throws(
      () => component(title, () => []),
      new RegExp(`Cannot name component "${title}" after its title: give it a \\{ name: "…" \\}`),
    );
  }
  assert.equal(component("数据", () => [], { name: "data" }).name, "data");
});

Deno.test("what a metric or a chat's controls do wrong is told with its place; nothing to measure is no fault", async () => {
  const metrics: Record<string, Metric> = {
    nan: { kind: "text", description: "0 / 0", compute: () => NaN },
    none: { kind: "text", description: "nothing", compute: () => undefined },
    throws: { kind: "text", description: "throws", compute: () => Number(throwing()) },
  };
  const tasks = { t: { dataset: { all: rows(["a"]) }, prompt: (text: string) => text, metrics } };
  const rig = await rigApp({
    modules: [
      defineModule({
        name: "x",
        generators: { one },
        tasks,
        components: [
          generation(),
          chat({ prompt: () => "a", metrics }),
          chat({ name: "broken", title: "Broken", controls: () => ({ never: checkbox(throwing()) }) }),
        ],
      }),
    ],
  });
  const place = /topic is unknown \(tests\/rig\/throwing\.ts:\d+:\d+\)$/;
  const body = { messages: [{ role: "user", content: "a" }], params: { max_tokens: 1 } };
  for (const [path, asked] of [["generation/generate", { params: body.params }], ["chat/chat", body]] as const) {
    const events = await readEvents(await rig.post(`/api/x/${path}`, asked));
    const warnings = events.flatMap((event) => event.type === "warning" ? [event.message] : []);
    assert.equal(warnings[0], "Cannot compute nan: expected a number, or undefined where there is none, got NaN");
    assert.match(warnings[1] ?? "", /^Cannot compute throws: /);
    assert.match(warnings[1] ?? "", place);
    assert.equal(warnings.length, 2, path);
  }
  const { status, detail } = await readProblem(await rig.post("/api/x/broken/chat", body));
  assert.equal(status, 500);
  assert.match(detail, /^Cannot make the controls of "Broken": /);
  assert.match(detail, place);
});

Deno.test("a metric that fails where a target is scored is told there and on both screens, and is in the log", async () => {
  const broken: Metric = { kind: "logprobs", description: "throws", compute: () => Number(throwing()) };
  const length: Metric = { kind: "logprobs", description: "tokens", compute: (logprobs) => logprobs.length };
  const tasks = {
    t: {
      dataset: { all: rows(["a"]) },
      prompt: (text: string) => text,
      target: (text: string) => text,
      metrics: { broken, length },
      params: { maxTokens: 1, n: 3 },
    },
  };
  const module = defineModule({ name: "x", generators: { one }, tasks, components: [generation(), datasetView()] });
  const rig = await rigApp({ modules: [module] });
  const told = /^Cannot compute broken: topic is unknown \(tests\/rig\/throwing\.ts:\d+:\d+\)$/;
  const failures = () => rig.logged.filter((line) => line.includes('"failure"'));
  const { metrics, warnings } = await (await rig.post("/api/x/generation/score", {})).json();
  assert.deepEqual(metrics, [{ name: "broken" }, { name: "length", value: 1 }]);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], told);
  assert.equal(failures().length, 1);
  assert.match(failures()[0] ?? "", /throwing\.ts/);
  const page = await (await rig.fetch("/x/dataset?score=1")).text();
  assert.match(page, />Cannot compute broken: topic is unknown/);
  const run = await readEvents(await rig.post("/api/x/generation/generate", {}));
  assert.equal(run.filter(({ type }) => type === "warning").length, 3, "one a completion");
  assert.equal(failures().length, 3, "the log has it once a request");
});

Deno.test("a page's generator refuses a prompt that is no text, and a param that is none", async () => {
  const generator = new SessionGenerator(() => assert.fail("nothing is to be opened"));
  const untyped: { readonly prompt: string } = JSON.parse("{}");
  const params = { seed: 1, maxToken: 5 };
  await assert.rejects(generator.generate(untyped.prompt), /Cannot use a prompt that is no text: got undefined/);
  await assert.rejects(generator.stream(untyped.prompt).next(), /Cannot use a prompt that is no text: got undefined/);
  await assert.rejects(
    generator.generate("a", { params }),
    /Cannot use the param "maxToken": expected one of .*maxTokens/,
  );
});

Deno.test("lines that could not be read are counted on the page, with their reasons", async () => {
  const text = `${Array.from({ length: 120 }, () => "{").join("\n")}\n{"topic":"a"}\n[]\n`;
  const module = defineModule({
    name: "gaps",
    generators: { one },
    tasks: {
      gaps: {
        dataset: {
          all: { label: "gaps", open: () => Promise.resolve(parseJsonl<{ topic: string }>(text, "gaps.jsonl")) },
        },
        prompt: ({ topic }) => topic,
      },
    },
    components: [generation()],
  });
  const { fetch } = await rigApp({ modules: [module] });
  const html = (await (await fetch("/gaps/generation")).text()).replaceAll("&quot;", '"');
  assert.match(html, /121 lines of this split could not be read/);
  assert.match(html, /Cannot read line 1 of "gaps.jsonl"/);
  assert.match(html, /and 101 more/);
});

Deno.test("an empty split says that it is empty", async () => {
  const rig = await rigApp({ modules: [faulty] });
  const problem = await readProblem(await rig.post("/api/faulty/generation/generate", { task: "empty" }));
  assert.match(problem.detail, /split "all" is empty/);
});

Deno.test("ids of a completion are checked before the model runs, and its length is named with the prompt's", async () => {
  const rig = await rigApp();
  const outside = await readProblem(await rig.post(rigPath("score"), { completion: [99999, 5] }));
  assert.equal(outside.field, "completion");
  assert.match(outside.detail, /token id 99999: the vocabulary ends at 29/);
  const long = await readProblem(
    await rig.post(rigPath("score"), { completion: Array.from({ length: 70 }, () => 1) }),
  );
  assert.equal(long.field, "completion");
  assert.match(long.detail, /70 tokens after a prompt of 4: the model's window is 64/);
});

Deno.test("the smallest temperature that may be asked for does not overflow", async () => {
  const rig = await rigApp();
  const answer = await rig.post(rigPath("generate"), { params: { temperature: 1e-38, max_tokens: 2 } });
  assert.doesNotMatch(await answer.text(), /"error"/);
});

Deno.test("startLines() leaves out what works before what does not", () => {
  const works = Array.from({ length: 30 }, (_, index) => ({
    module: "m",
    name: `g${index}`,
    kind: "onnx",
    label: "models/demo",
    state: "idle" as const,
  }));
  const lines = startLines({
    config: {
      port: 0,
      host: "127.0.0.1",
      modules: [],
      cacheDir: "",
      servesApi: false,
      slots: 8,
      queue: 32,
      deadlines: { stallMs: 30_000 },
      budget: {},
      isDeployed: false,
      isTraced: false,
      allowedHosts: [],
      log: "info",
      logsContent: false,
    },
    port: 8000,
    rights: "rights: none",
    readiness: {
      status: "degraded",
      reasons: [],
      modules: ["m"],
      generators: [...works, {
        module: "m",
        name: "x",
        kind: "onnx",
        label: "y",
        state: "failed",
        detail: "no folder",
      }],
      datasets: [{ module: "m", task: "t", split: "s", label: "l", state: "failed", detail: "no file" }],
    },
  });
  assert.deepEqual(lines.slice(4, 6), ["generator m/x: onnx y: no folder", "split m/t/s: no file"]);
  assert.equal(lines.length, 12);
  assert.equal(lines.at(-1), "… and 25 more: see /api/ready");
});

Deno.test("a source that gives no data set is named with what is missing, at its use and in /api/ready", async () => {
  const untyped = (dataset: unknown) => ({ label: "own", open: () => Promise.resolve(dataset as Dataset<string>) });
  const cases: Readonly<Record<string, readonly [unknown, RegExp]>> = {
    nothing: [undefined, /the source gives "size" undefined, expected a whole number from 0/],
    size: [{ size: NaN, row: () => "a", problems: [] }, /the source gives "size" NaN/],
    row: [{ size: 1, problems: [] }, /the source gives no "row" function/],
    problems: [{ size: 1, row: () => "a" }, /the source gives no list of "problems"/],
  };
  const dataset = Object.fromEntries(Object.entries(cases).map(([name, [given]]) => [name, untyped(given)]));
  const tasks = { own: { dataset, prompt: (text: string) => text } };
  const rig = await rigApp({
    modules: [defineModule({ name: "own", generators: { one }, tasks, components: [generation()] })],
  });
  for (const [split, [, what]] of Object.entries(cases)) {
    const problem = await readProblem(await rig.post("/api/own/generation/generate", { split }));
    assert.equal(problem.status, 503);
    assert.match(problem.detail, what);
  }
  const ready = await rig.fetch("/api/ready");
  assert.equal(ready.status, 503);
  assert.equal((await ready.json()).reasons.length, Object.keys(cases).length);
});

Deno.test("what stands among elements and is none is named, on a page and where a sample is shown", async () => {
  const task = (show: unknown) => ({
    dataset: { all: rows(["a"]) },
    prompt: (text: string) => text,
    show: show as () => [],
  });
  const module = defineModule({
    name: "lists",
    generators: { one },
    tasks: { texts: task(() => ["x"]), nothing: task(() => undefined), objects: task(() => [{ kind: "text" }]) },
    components: [generation(), component("Mixed", (() => ["x", 1]) as unknown as () => [])],
  });
  const rig = await rigApp({ modules: [module] });
  const told = async (answer: Promise<Response>) => (await readProblem(await answer)).detail;
  const shown = (task: string) => told(rig.post("/api/lists/generation/generate", { task }));
  assert.match(await shown("texts"), /Cannot show sample 0 of task "texts": expected an element, got "x"/);
  assert.match(await shown("nothing"), /expected a list of elements, got undefined/);
  assert.match(await shown("objects"), /expected an element, got an object/);
  assert.match(
    await told(rig.fetch("/api/lists/mixed/elements")),
    /Cannot build page "Mixed": expected an element, got "x"/,
  );
});

Deno.test("rows that JSON cannot hold are shown, and the API says why it cannot give them", async () => {
  const self: { text: string; self?: unknown } = { text: "a" };
  self.self = self;
  const odd = [{ text: "a", count: 10n }, self, { text: "a", run: () => 1, day: new Date(NaN), mark: Symbol("m") }];
  const splits = odd.map((row, index) => [`row${index}`, rows<{ text: string }>([row])]);
  const module = defineModule({
    name: "odd",
    tasks: { all: { dataset: Object.fromEntries(splits), prompt: ({ text }: { text: string }) => text } },
    components: [datasetView()],
  });
  const { fetch } = await rigApp({ modules: [module] });
  for (const index of odd.keys()) {
    const page = await fetch(`/odd/dataset?split=row${index}&statistics=1&q=a&sort=text`);
    assert.equal(page.status, 200, `row ${index}`);
    await page.text();
  }
  const refused = await readProblem(await fetch("/api/odd/dataset/samples?split=row0"));
  assert.deepEqual([refused.status, refused.title], [500, "Module failed"]);
  assert.match(refused.detail, /Cannot write the rows as JSON: .*BigInt/);
});

Deno.test("a page that fails in its views is in the log, under the ID that it shows", async () => {
  // A view meets it, and nothing before.
  const foreign = {
    text: "a",
    get late(): string {
      throw new Error("raised on purpose");
    },
  };
  const dataset = { all: rows<{ text: string }>([foreign]) };
  const tasks = { all: { dataset, prompt: ({ text }: { text: string }) => text } };
  const rig = await rigApp({ modules: [defineModule({ name: "late", tasks, components: [datasetView()] })] });
  const page = await rig.fetch("/late/dataset");
  assert.equal(page.status, 500);
  const id = /Report (\w{12})/.exec(await page.text())?.[1] ?? assert.fail();
  const failures = rig.logged.filter((line) => line.includes('"failure"'));
  assert.equal(failures.length, 1);
  assert.ok(failures[0]?.includes(id) && failures[0].includes("module_faults_test.ts"), failures[0]);
});
