import type { Component, ComponentKind } from "./components/component.ts";
import type { GeneratorSource } from "./generators/generator.ts";
import { PARAM_RANGES } from "./lm/params.ts";
import type { Task } from "./task.ts";

const CHECKED: unique symbol = Symbol.for("visuallm.module");

/** One developer's file of generators, tasks and components, as the app sees it. */
export interface Module {
  readonly name: string;
  readonly title: string;
  readonly generators: Readonly<Record<string, GeneratorSource>>;
  readonly tasks: Readonly<Record<string, Task<unknown>>>;
  readonly components: readonly Component[];
  /** Subtle: a registered symbol, so that it is one even when a bundle holds this file twice. */
  readonly [CHECKED]: true;
}

interface ModuleDefinition<Samples extends Readonly<Record<string, unknown>>> {
  /** Part of the URL: lower-case letters, digits, `-` and `_`. */
  readonly name: string;
  /** Default: the name. */
  readonly title?: string;
  /** Without them, all components are pages of one's own. */
  readonly generators?: Readonly<Record<string, GeneratorSource>>;
  readonly tasks?: { readonly [Name in keyof Samples]: Task<Samples[Name]> };
  readonly components: readonly Component[];
}

/** What a component of each kind cannot do without. */
const NEEDED: Readonly<Record<ComponentKind, readonly ("generator" | "task")[]>> = {
  dataset: ["task"],
  generation: ["generator", "task"],
  next_token: ["generator", "task"],
  chat: ["generator"],
  elements: [],
};

const NAME = /^[a-z][a-z0-9_-]{0,63}$/;

/**
 * Checks a module and gives it its defaults. The sample type flows from each task's dataset into its `prompt` and `target`.
 * @throws {TypeError} naming what is missing, or the name that is taken twice or malformed
 * @throws {RangeError} for a task's param that is out of its range
 */
export function defineModule<Samples extends Readonly<Record<string, unknown>>>(
  definition: ModuleDefinition<Samples>,
): Module {
  const { name, title = name, generators = {}, tasks = {}, components } = definition;
  checkName("module", name);
  for (const key of Object.keys(generators)) checkName(`generator of module "${name}"`, key);
  for (const key of Object.keys(tasks)) checkName(`task of module "${name}"`, key);
  if (components.length === 0) throw new TypeError(`Cannot define module "${name}": it has no component`);
  for (const component of components) {
    const needed = NEEDED[component.kind];
    const missing = needed.find((what) => Object.keys(what === "task" ? tasks : generators).length === 0);
    if (missing === undefined) continue;
    throw new TypeError(
      `Cannot define module "${name}": component "${component.name}" needs a ${missing}, and it has none`,
    );
  }
  const taken = new Set<string>();
  for (const component of components) {
    checkName(`component of module "${name}"`, component.name);
    if (taken.has(component.name)) {
      throw new TypeError(`Cannot define module "${name}": two components are named "${component.name}"`);
    }
    taken.add(component.name);
  }
  for (const [key, task] of Object.entries<Task<unknown>>(tasks)) {
    checkTask(`task "${key}" of module "${name}"`, task);
  }
  return { name, title, generators, tasks, components, [CHECKED]: true };
}

/** Whether a value was made by `defineModule`: a plain object of the same shape was never checked, so it is none. */
export function isModule(value: unknown): value is Module {
  return typeof value === "object" && value !== null && CHECKED in value;
}

function checkTask(what: string, { dataset, metrics = {}, params = {} }: Task<unknown>): void {
  if (Object.keys(dataset).length === 0) throw new TypeError(`Cannot define ${what}: its dataset has no split`);
  for (const [name, metric] of Object.entries(metrics)) {
    if (typeof metric.compute === "function") continue;
    throw new TypeError(`Cannot define ${what}: its metric "${name}" has no compute`);
  }
  for (const [name, { min, max, integer }] of Object.entries(PARAM_RANGES)) {
    const value: unknown = new Map<string, unknown>(Object.entries(params)).get(name);
    if (value === undefined) continue;
    const isIn = typeof value === "number" && value >= min && value <= max && (!integer || Number.isInteger(value));
    if (isIn) continue;
    const range = `${integer ? "a whole number" : "a number"} from ${min} to ${max}`;
    throw new RangeError(`Cannot define ${what}: its params.${name} must be ${range}, got ${JSON.stringify(value)}`);
  }
}

function checkName(what: string, name: string): void {
  if (NAME.test(name)) return;
  throw new TypeError(
    `Cannot name a ${what} "${name}": expected lower-case letters, digits, "-" and "_", a letter first, at most 64`,
  );
}
