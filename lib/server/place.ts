/** From the names in a URL or a body to the things that they name. Pages and the API both start here. */
import * as v from "valibot";
import type { Component } from "../components/component.ts";
import { thrownText } from "../lm/thrown.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { derivedRow, type Edits } from "../datasets/derived.ts";
import type { Element, ElementState } from "../elements/element.ts";
import { Page } from "../elements/page.ts";
import { checkedTaskPrompt, checkedText, refusePromise } from "../lm/checked_prompt.ts";
import { dictionary } from "../lm/dictionary.ts";
import { taskFields, type TaskPrompt, withoutFields } from "../lm/prompt_messages.ts";
import type { Module } from "../module.ts";
import type { Task } from "../task.ts";
import { ModuleFailedError, ProblemError } from "./problem.ts";
import { shownName } from "./shown_name.ts";
import type { Registry } from "./registry.ts";
import { inTimeOrTold } from "./rows/timed_dataset.ts";

/** The path's part of a place, as `ctx.params` holds it. */
export type PlacePath = Readonly<Record<string, string>>;

/** The part that a query or body holds; what is absent is the first of its kind. */
export interface PlaceNames {
  readonly task?: string | undefined;
  readonly split?: string | undefined;
  /** From 0. */
  readonly sample?: number | undefined;
  /** Other texts for some of the sample's fields. */
  readonly edits?: Edits | undefined;
  readonly generator?: string | undefined;
}

export interface Place {
  readonly module: Module;
  readonly component: Component;
  readonly task: Task<unknown>;
  readonly taskName: string;
  readonly split: string;
  readonly sample: number;
  readonly edits: Edits;
  readonly generator: string;
}

/** A row, and what its task makes of it. */
export interface PlaceSample {
  /** With the place's edits. */
  readonly row: unknown;
  /** As it stands in the dataset. */
  readonly original: unknown;
  /** Rows in the split. */
  readonly size: number;
  /** Lines of the split that could not be read, with the reason. */
  readonly leftOut: readonly string[];
  readonly leftOutCount: number;
  readonly prompt: TaskPrompt;
  /** Absent when the task has none. */
  readonly target?: string;
  /** The states of the elements that show it; absent when the task has none. */
  readonly shown?: Readonly<Record<string, ElementState>>;
}

/**
 * Looks names up; opens nothing.
 * @throws {ProblemError} 404 for an unknown module or component, 422 naming the field, the value, and the known names
 */
export function resolvePlace(registry: Registry, path: PlacePath, names: PlaceNames = {}): Place {
  const { module, component } = findComponent(registry, path);
  const taskName = pick(module.tasks, names.task, "task", `module "${module.name}"`);
  const task = module.tasks[taskName];
  if (task === undefined) throw new RangeError(`Cannot find task "${taskName}"`);
  const split = pick(task.dataset, names.split, "split", `task "${taskName}"`);
  // A module may show data alone; a screen that generates is only there with a generator.
  const hasNone = Object.keys(module.generators).length === 0 && names.generator === undefined;
  const generator = hasNone ? "" : resolveGenerator(module, names.generator);
  const { sample = 0, edits = {} } = names;
  return { module, component, task, taskName, split, sample, edits, generator };
}

/** The generator of that name, or the module's first. @throws {ProblemError} 422 naming those that there are */
export function resolveGenerator(module: Module, name: string | undefined): string {
  return pick(module.generators, name, "generator", `module "${module.name}"`);
}

/** @throws {ProblemError} 404 */
export function findComponent(
  registry: Registry,
  { module: moduleName = "", component: componentName = "" }: PlacePath,
): { readonly module: Module; readonly component: Component } {
  const module = registry.module(moduleName);
  if (module === undefined) {
    throw notFound("module", moduleName, registry.modules.map(({ name }) => name));
  }
  const component = module.components.find(({ name }) => name === componentName);
  if (component === undefined) {
    throw notFound("component", componentName, module.components.map(({ name }) => name));
  }
  return { module, component };
}

/** The names in a query. @throws {ProblemError} 422 when `sample` is no whole number from 0 */
export function namesFromQuery(query: URLSearchParams): PlaceNames {
  const sample = wholeNumber(query, "sample");
  return {
    task: query.get("task") ?? undefined,
    split: query.get("split") ?? undefined,
    generator: query.get("generator") ?? undefined,
    sample,
    edits: editsFromQuery(query),
  };
}

/** Subtle: a JSON object, and not a parameter a field: a browser's form would change the line ends of bare texts. */
function editsFromQuery(query: URLSearchParams): Edits {
  const text = query.get("edits");
  if (text === null) return {};
  const parsed = v.safeParse(editsSchema, text);
  if (parsed.success) return parsed.output;
  throw invalid("edits", `it must be a JSON object of texts by field, got ${quote(text)}`);
}

const editsSchema = v.pipe(
  v.string(),
  v.parseJson(),
  dictionary(v.string()),
  // Subtle: what pages hand to the browser can have every name but this one.
  v.check((edits) => !Object.hasOwn(edits, "__proto__")),
);

/** A whole number from 0 of a query; undefined when it is not there. @throws {ProblemError} 422 naming the field */
export function wholeNumber(query: URLSearchParams, field: string): number | undefined {
  const text = query.get(field);
  if (text === null) return undefined;
  const value = Number(text);
  if (/^\d{1,15}$/.test(text)) return value;
  throw invalid(field, `it must be a whole number from 0, got ${quote(text)}`);
}

/**
 * Opens the split and reads the sample.
 * @throws {ProblemError} 422 when there is no such sample, 500 when the module's own code fails, 503 without the data,
 * 504 when the row does not come
 */
export async function readSample(registry: Registry, place: Place): Promise<PlaceSample> {
  const { module, sample, split, task, taskName, generator } = place;
  const dataset = await registry.dataset(module.name, taskName, split);
  if (dataset.size === 0) {
    throw new ProblemError(422, "Invalid request", `Cannot read a sample: split "${split}" is empty`, {
      field: "split",
    });
  }
  if (sample >= dataset.size) {
    const range = `split "${split}" has ${dataset.size} samples, the last is ${dataset.size - 1}`;
    throw invalid("sample", `${range}, got ${sample}`);
  }
  const original = await readRow(dataset, sample, split);
  const row = editedRow(original, place.edits);
  const where = `sample ${sample} of task "${taskName}"`;
  const prompt = ofModule(
    registry,
    module,
    `build the prompt of ${where}`,
    () => checkedTaskPrompt(task.prompt(row, generator)),
  );
  const target = ofModule(registry, module, `read the target of ${where}`, () => targetOf(task, row));
  const shown = ofModule(registry, module, `show ${where}`, () => task.show && showElements(task.show(row)));
  return {
    row,
    original,
    size: dataset.size,
    leftOut: dataset.problems.map(({ message }) => message),
    leftOutCount: dataset.problemCount ?? dataset.problems.length,
    prompt,
    ...(target === undefined ? {} : { target }),
    ...(shown === undefined ? {} : { shown }),
  };
}

async function readRow(dataset: Dataset<unknown>, sample: number, split: string): Promise<unknown> {
  try {
    return await inTimeOrTold(Promise.try(() => dataset.row(sample)));
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    const detail = `Cannot read sample ${sample} of split "${split}": ${thrownText(error)}`;
    throw new ProblemError(422, "Row not readable", detail, { field: "sample", cause: error, isOfModule: true });
  }
}

/** @throws {ProblemError} 422 naming the field that cannot be edited so */
export function editedRow(row: unknown, edits: Edits): unknown {
  try {
    return derivedRow(row, edits);
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error;
    throw new ProblemError(422, "Invalid request", error.message, { field: "edits" });
  }
}

/** The prompt without the values of those fields. @throws {ProblemError} 422 naming one that it does not have */
export function promptWithout(prompt: TaskPrompt, fields: readonly string[]): TaskPrompt {
  const known = new Set(taskFields(prompt)), unknown = fields.find((name) => !known.has(name));
  if (unknown === undefined) return withoutFields(prompt, fields);
  const only = known.size === 0 ? "and no other" : `only ${[...known].map(quote).join(", ")}`;
  throw invalid("blank", `the prompt has no field ${quote(unknown)}, ${only}`);
}

/** @throws {TypeError} for what is no list of elements, and for an element with an action, as a sample has no session to run it in */
function showElements(elements: readonly Element<object>[]): Readonly<Record<string, ElementState>> {
  refusePromise(elements, "a list of elements");
  if (!Array.isArray(elements)) throw new TypeError(`expected a list of elements, got ${typeof elements}`);
  const page = new Page();
  for (const element of elements) page.add(element);
  const states = page.snapshot();
  for (const name of Object.keys(states)) {
    const element = page.find(name);
    if (element?.action === undefined) continue;
    throw new TypeError(`"show" takes elements that only show, and ${element.kind} "${name}" has an action`);
  }
  return states;
}

/** Undefined where the row has none, as where the task has none. */
function targetOf(task: Task<unknown>, row: unknown): string | undefined {
  const target: unknown = task.target?.(row);
  if (target === null) throw new TypeError("expected a text, or undefined where there is none, got null");
  return target === undefined ? undefined : checkedText(target);
}

/** Runs a developer's own function. @throws {ModuleFailedError} with the message of what it throws */
export function ofModule<Result>(registry: Registry, { name }: Module, what: string, call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    const reason = registry.reason(name, error);
    throw new ModuleFailedError(`Cannot ${what}: ${reason}`, error);
  }
}

/** Subtle: only own names count, so that `__proto__` and `constructor` name nothing. */
function pick(known: Readonly<Record<string, unknown>>, name: string | undefined, field: string, of: string): string {
  const names = Object.keys(known);
  const found = name === undefined ? names[0] : names.find((each) => each === name);
  if (found !== undefined) return found;
  if (names.length === 0) throw invalid(field, `${of} has no ${field}`);
  throw invalid(field, `${of} has none named ${quote(name ?? "")}, only ${names.map(quote).join(", ")}`);
}

function notFound(what: string, name: string, known: readonly string[]): ProblemError {
  const names = known.map(quote).join(", ");
  return new ProblemError(404, "Not found", `Cannot find ${what} ${quote(name)}: expected one of ${names}`);
}

function invalid(field: string, why: string): ProblemError {
  return new ProblemError(422, "Invalid request", `Cannot use ${field}: ${why}`, { field });
}

function quote(name: string): string {
  return `"${shownName(name)}"`;
}
