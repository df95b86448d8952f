import type { Component, ComponentKind } from "./components/component.ts";
import type { GeneratorSource } from "./generators/generator.ts";
import type { Task } from "./task.ts";

/** One developer's file of generators, tasks and components, as the app sees it. */
export interface Module {
  readonly name: string;
  readonly title: string;
  readonly generators: Readonly<Record<string, GeneratorSource>>;
  readonly tasks: Readonly<Record<string, Task<unknown>>>;
  readonly components: readonly Component[];
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
  generation: ["generator", "task"],
  next_token: ["generator", "task"],
  chat: ["generator"],
  elements: [],
};

const NAME = /^[a-z][a-z0-9_-]{0,63}$/;

/**
 * Checks a module and gives it its defaults. The sample type flows from each task's dataset into its `prompt` and `target`.
 * @throws {TypeError} naming what is missing, or the name that is taken twice or malformed
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
    if (Object.keys(task.dataset).length === 0) {
      throw new TypeError(`Cannot define task "${key}" of module "${name}": its dataset has no split`);
    }
  }
  return { name, title, generators, tasks, components };
}

function checkName(what: string, name: string): void {
  if (NAME.test(name)) return;
  throw new TypeError(
    `Cannot name a ${what} "${name}": expected lower-case letters, digits, "-" and "_", a letter first, at most 64`,
  );
}
