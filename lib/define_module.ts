import type { Component, ComponentKind } from "./components/component.ts";
import { checkFields } from "./lm/checked_fields.ts";
import { paramFault } from "./lm/param_fault.ts";
import { DEFAULT_PARAMS } from "./lm/params.ts";
import { quote } from "./lm/quote.ts";
import type { Metric } from "./metrics/metric.ts";
import { CHECKED, type Module, type ModuleDefinition } from "./module.ts";
import type { Task } from "./task.ts";

/** What a component of each kind cannot do without. */
const NEEDED: Readonly<Record<ComponentKind, readonly ("generator" | "task")[]>> = {
  dataset: ["task"],
  generation: ["generator", "task"],
  next_token: ["generator", "task"],
  chat: ["generator"],
  elements: [],
};

const MODULE_FIELDS: Readonly<Record<keyof ModuleDefinition<never>, true>> = {
  name: true,
  title: true,
  generators: true,
  tasks: true,
  components: true,
};
const TASK_FIELDS: Readonly<Record<keyof Task<unknown>, true>> = {
  title: true,
  dataset: true,
  prompt: true,
  target: true,
  show: true,
  metrics: true,
  params: true,
};
const METRIC_KINDS: ReadonlySet<unknown> = new Set(["text", "logprobs"] satisfies Metric["kind"][]);

const NAME = /^[a-z][a-z0-9_-]{0,63}$/;
/** What the app itself answers below: a module's pages would never be seen there. */
const TAKEN_NAMES: readonly string[] = ["api", "v1"];

/**
 * Checks a module and gives it its defaults. The sample type flows from each task's dataset into its `prompt` and `target`.
 * @throws {TypeError} naming what is missing, misspelt or of another kind, or the name that is taken or malformed
 * @throws {RangeError} for a param of a task or a chat that a request could not have either
 */
export function defineModule<Samples extends Readonly<Record<string, unknown>>>(
  definition: ModuleDefinition<Samples>,
): Module {
  checkModule(definition);
  const { name, title = name, generators = {}, tasks = {}, components } = definition;
  return { name, title, generators, tasks, components, [CHECKED]: true };
}

/** Subtle: types alone would tell nothing, as the app starts without checking them. */
function checkModule(definition: ModuleDefinition<Readonly<Record<string, unknown>>>): void {
  if (typeof definition !== "object" || definition === null) {
    throw new TypeError(`Cannot define a module: it is ${got(definition)}, expected { name, components }`);
  }
  const { name, generators = {}, tasks = {}, components } = definition;
  checkName("module", name);
  if (TAKEN_NAMES.includes(name)) {
    throw new TypeError(`Cannot name a module ${quote(name)}: what stands below /${name} is the app's own`);
  }
  const what = `module "${name}"`;
  checkFields(what, definition, MODULE_FIELDS);
  for (const [key, generator] of Object.entries(generators)) {
    checkName(`generator of ${what}`, key);
    checkSource(what, `generator "${key}"`, generator, 'onnx("…"), openai({ … }) or another source');
  }
  for (const key of Object.keys(tasks)) checkName(`task of ${what}`, key);
  checkComponents(what, components, { generator: generators, task: tasks });
  for (const [key, task] of Object.entries<Task<unknown>>(tasks)) {
    checkTask(`task "${key}" of ${what}`, task);
  }
}

function checkComponents(
  what: string,
  components: readonly Component[],
  given: Readonly<Record<"generator" | "task", object>>,
): void {
  const isList: boolean = Array.isArray(components);
  if (components !== undefined && !isList) {
    throw new TypeError(`Cannot define ${what}: its components are ${got(components)}, expected a list of them`);
  }
  if ((components?.length ?? 0) === 0) throw new TypeError(`Cannot define ${what}: it has no component`);
  const taken = new Set<string>();
  for (const [index, component] of components.entries()) {
    if (!Object.hasOwn(NEEDED, component?.kind ?? "")) {
      const expected = "what generation(), chat() or component(…) returns";
      throw new TypeError(`Cannot define ${what}: its component ${index} is ${got(component)}, expected ${expected}`);
    }
    const missing = NEEDED[component.kind].find((each) => Object.keys(given[each]).length === 0);
    if (missing !== undefined) {
      throw new TypeError(
        `Cannot define ${what}: component "${component.name}" needs a ${missing}, and it has none`,
      );
    }
    checkName(`component of ${what}`, component.name);
    if (taken.has(component.name)) {
      throw new TypeError(`Cannot define ${what}: two components are named "${component.name}"`);
    }
    taken.add(component.name);
    if (component.kind !== "chat") continue;
    checkMetrics(`component "${component.name}" of ${what}`, component.metrics);
    checkParams(`component "${component.name}" of ${what}`, component.params);
  }
}

function checkTask(what: string, task: Task<unknown>): void {
  if (typeof task !== "object" || task === null) {
    throw new TypeError(`Cannot define ${what}: it is ${got(task)}, expected { dataset, prompt }`);
  }
  const { metrics = {}, params = {} } = task;
  checkFields(what, task, TASK_FIELDS);
  checkDataset(what, task.dataset);
  for (const name of ["prompt", "target", "show"] as const) {
    const value: unknown = task[name];
    if (typeof value === "function" || (value === undefined && name !== "prompt")) continue;
    throw new TypeError(`Cannot define ${what}: its ${name} is ${got(value)}, expected a function of the sample`);
  }
  checkMetrics(what, metrics);
  checkParams(what, params);
}

function checkMetrics(what: string, metrics: Task<unknown>["metrics"] & object): void {
  if (typeof metrics !== "object" || metrics === null || Array.isArray(metrics)) {
    throw new TypeError(`Cannot define ${what}: its metrics are ${got(metrics)}, expected { name: metric }`);
  }
  for (const [name, metric] of Object.entries<Partial<Metric> | undefined>(metrics)) {
    const { kind, compute } = metric ?? {};
    if (typeof compute !== "function") {
      throw new TypeError(`Cannot define ${what}: its metric "${name}" has no compute`);
    }
    if (METRIC_KINDS.has(kind)) continue;
    const expected = [...METRIC_KINDS].map((each) => JSON.stringify(each)).join(" or ");
    throw new TypeError(
      `Cannot define ${what}: the kind of its metric "${name}" is ${got(kind)}, expected ${expected}`,
    );
  }
}

function checkDataset(what: string, dataset: Task<unknown>["dataset"] | undefined): void {
  const isSource = typeof dataset === "object" && "open" in dataset && typeof dataset.open === "function";
  if (typeof dataset !== "object" || isSource) {
    const given = isSource ? "one source" : got(dataset);
    throw new TypeError(`Cannot define ${what}: its dataset is ${given}, expected { split: source }`);
  }
  if (Object.keys(dataset).length === 0) throw new TypeError(`Cannot define ${what}: its dataset has no split`);
  for (const [name, source] of Object.entries(dataset)) {
    checkSource(what, `split "${name}"`, source, 'rows([ … ]), jsonl("…") or another source');
  }
}

/** Against what a request may hold: what a module starts with is sent back by the form that shows it. */
function checkParams(what: string, params: Task<unknown>["params"] & object): void {
  if (typeof params !== "object" || params === null || Array.isArray(params)) {
    throw new TypeError(`Cannot define ${what}: its params are ${got(params)}, expected { name: value }`);
  }
  checkFields(`the params of ${what}`, params, DEFAULT_PARAMS);
  const fault = paramFault(params);
  if (fault !== undefined) throw new RangeError(`Cannot define ${what}: its params.${fault}`);
}

function checkSource(what: string, part: string, source: unknown, expected: string): void {
  const isSource = typeof source === "object" && source !== null && "open" in source &&
    typeof source.open === "function";
  if (!isSource) throw new TypeError(`Cannot define ${what}: its ${part} is ${got(source)}, expected ${expected}`);
}

/** @example [1] → "a list", "x" → "\"x\"" */
function got(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : quote(value);
}

/** Subtle: a name that is left out would be the text "undefined" to the pattern. */
function checkName(what: string, name: unknown): void {
  if (typeof name === "string" && NAME.test(name)) return;
  throw new TypeError(
    `Cannot name a ${what} ${
      quote(name)
    }: expected lower-case letters, digits, "-" and "_", a letter first, at most 64`,
  );
}
