import type { Component } from "./components/component.ts";
import type { GeneratorSource } from "./generators/generator.ts";
import type { Task } from "./task.ts";

/** Marks what `defineModule` has checked. */
export const CHECKED: unique symbol = Symbol.for("visuallm.module");

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

/** What a developer gives to `defineModule`. */
export interface ModuleDefinition<Samples extends Readonly<Record<string, unknown>>> {
  /** Part of the URL: lower-case letters, digits, `-` and `_`; not `api` or `v1`. */
  readonly name: string;
  /** Default: the name. */
  readonly title?: string;
  /** Without them, all components are pages of one's own. */
  readonly generators?: Readonly<Record<string, GeneratorSource>>;
  readonly tasks?: { readonly [Name in keyof Samples]: Task<Samples[Name]> };
  readonly components: readonly Component[];
}

/** Whether a value was made by `defineModule`: a plain object of the same shape was never checked, so it is none. */
export function isModule(value: unknown): value is Module {
  return typeof value === "object" && value !== null && CHECKED in value;
}
