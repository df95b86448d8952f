/** The modules that the app was started with, and what of theirs is open. */
import { thrownText } from "../lm/thrown.ts";
import { checkedDataset } from "../datasets/checked_dataset.ts";
import type { Dataset, FetchProgress } from "../datasets/dataset.ts";
import { checkedGenerator } from "../generators/checked_generator.ts";
import type { Generator, GeneratorFacts, LoadProgress, OpenContext } from "../generators/generator.ts";
import { UpstreamError } from "../generators/openai/upstream_error.ts";
import type { Module } from "../module.ts";
import { admitted } from "./admission/admitted.ts";
import { billed } from "./admission/billed.ts";
import type { Budget } from "./admission/budget.ts";
import { generationProblem } from "./generation_problem.ts";
import { type ModuleFile, ModuleFileError } from "./start/module_files.ts";
import { moduleReason } from "./start/module_reason.ts";
import { inTime } from "./admission/in_time.ts";
import { Opening, type OpenState } from "./opening.ts";
import { within } from "./admission/within.ts";
import { ProblemError } from "./problem.ts";
import { timedDataset } from "./rows/timed_dataset.ts";
import { traced } from "./telemetry/traced.ts";
import type { Tracer } from "./telemetry/tracing.ts";
import { type Lanes, Traffic } from "./admission/traffic.ts";

/** Generators of this kind are behind an API, which does the work and has an admission of its own. */
export const REMOTE_KIND = "openai";

/** All slots of a generator taken for so long, without a token or an answer from any: somebody must look. */
const STUCK_MS = 60_000;

/** How long the look at a source may take that stands before the start. */
const CHECK_MS = 30_000;
/** How long somebody waits for a split that is being opened, before they are told to ask again, and when. */
const SPLIT_MS = 30_000, SPLIT_RETRY_SECONDS = 10;

export interface RegistryOptions {
  /** Folder that the app was started from. */
  readonly rootUrl: URL;
  readonly cacheDir: string;
  /** Whether strangers reach the app. */
  readonly isPublic?: boolean;
  /** What generators may read of the environment. */
  readonly env?: (name: string) => string | undefined;
  readonly traffic?: Traffic;
  /** What may be spent at servers that bill tokens; absent: no caps. */
  readonly budget?: Budget;
  /** Where spans go; absent: none are made. */
  readonly tracer?: Tracer;
  /** Aborts when the app ends: what is still being opened then is given up. */
  readonly signal?: AbortSignal;
}

export interface GeneratorReport {
  readonly module: string;
  readonly name: string;
  readonly kind: string;
  readonly label: string;
  readonly state: OpenState;
  /** Why it failed. */
  readonly detail?: string;
  readonly facts?: GeneratorFacts;
  readonly progress?: LoadProgress;
}

/** What the page around a screen says of a generator: facts are absent until it is open. */
export type EngineReport = Pick<GeneratorReport, "name" | "label" | "facts">;

export interface DatasetReport {
  readonly module: string;
  readonly task: string;
  readonly split: string;
  readonly label: string;
  readonly state: OpenState;
  readonly detail?: string;
  /** While it is tried again: why it failed before. */
  readonly failedBefore?: string;
  /** While it is fetched. */
  readonly progress?: FetchProgress;
  readonly size?: number;
  /** Lines left out, with the reason. */
  readonly problems?: readonly string[];
}

export interface Readiness {
  /** `degraded` when something failed or is stuck, and the rest works; `loading` when all that is missing is on its way. */
  readonly status: "ready" | "loading" | "degraded";
  /** Why it is not ready, one a line. */
  readonly reasons: readonly string[];
  readonly modules: readonly string[];
  readonly generators: readonly GeneratorReport[];
  readonly datasets: readonly DatasetReport[];
}

/** Opens each generator and split once, on first use, and shares it. */
export class Registry {
  readonly modules: readonly Module[];
  readonly #byName: ReadonlyMap<string, ModuleFile>;
  readonly #generators = new Map<string, Opening<Generator>>();
  readonly #datasets = new Map<string, Opening<Dataset<unknown>, FetchProgress>>();
  readonly #lanes = new Map<string, Lanes>();
  readonly traffic: Traffic;

  /** @throws {ModuleFileError} naming both files when two modules have one name */
  constructor(files: readonly ModuleFile[], readonly options: RegistryOptions) {
    const byName = new Map<string, ModuleFile>();
    this.traffic = options.traffic ?? new Traffic();
    for (const entry of files) {
      const { name } = entry.module;
      const other = byName.get(name);
      if (other !== undefined) {
        throw new ModuleFileError(
          `Cannot load module file "${entry.file}": "${other.file}" has a module named "${name}" too`,
        );
      }
      byName.set(name, entry);
      this.#prepare(entry);
    }
    this.#byName = byName;
    this.modules = files.map(({ module }) => module);
  }

  /** The message of an error of a module's own code, with its place in the module's files. */
  reason(module: string, error: unknown): string {
    const url = this.#byName.get(module)?.url ?? this.options.rootUrl;
    return moduleReason(error, url, this.options.rootUrl);
  }

  module(name: string): Module | undefined {
    return this.#byName.get(name)?.module;
  }

  /**
   * A generator as a client uses it, in turn with others and within the caps.
   * @throws {ProblemError} 503 with the reason when it cannot be opened; the next call tries again
   */
  async generator(module: string, name: string, client: string): Promise<Generator> {
    const place = key(module, name);
    const generator = await opened(this.#generators.get(place), `generator "${name}"`);
    const lanes = this.#lanes.get(place);
    const { budget, tracer } = this.options;
    const paid = budget === undefined ? generator : billed(generator, { budget, client });
    const shared = admitted(paid, { traffic: this.traffic, lanes, client, name });
    if (tracer === undefined) return shared;
    const provider = this.module(module)?.generators[name]?.kind ?? name;
    return traced(shared, { tracer, model: `${module}/${name}`, provider, isRemote: lanes === undefined });
  }

  /** Whether it is open already, so that asking for it costs nothing. */
  isOpen(module: string, generator: string): boolean {
    return this.#generators.get(key(module, generator))?.report().state === "ready";
  }

  /** Requests that a generator of this process works on, or that wait for it. */
  inUse(module: string, generator: string): number {
    const { runs, short } = this.#lanes.get(key(module, generator)) ?? {};
    return [runs, short].reduce((sum, lane) => sum + (lane === undefined ? 0 : lane.busy + lane.waiting), 0);
  }

  /** What is known of a generator, without opening it; undefined when the module has none of the name. */
  engine(module: string, generator: string): EngineReport | undefined {
    const source = this.module(module)?.generators[generator];
    if (source === undefined) return undefined;
    const facts = this.#generators.get(key(module, generator))?.report().value?.facts;
    return { name: generator, label: source.label, ...(facts === undefined ? {} : { facts }) };
  }

  /** @throws {ProblemError} 503 with the reason when it cannot be opened, or not soon; the next call tries again */
  async dataset(module: string, task: string, split: string): Promise<Dataset<unknown>> {
    const what = `split "${split}" of task "${task}"`;
    const opening = opened(this.#datasets.get(key(module, task, split)), what);
    const dataset = await within(SPLIT_MS, opening, this.traffic.clock);
    if (dataset !== undefined) return dataset;
    opening.catch(() => {}); // Whoever asks next is told.
    const detail = `Cannot use ${what} yet: it is still being opened after ${SPLIT_MS / 1000} s, ask again later`;
    const headers = { "retry-after": String(SPLIT_RETRY_SECONDS) };
    throw new ProblemError(503, "Not open yet", detail, { headers });
  }

  /** The same without another try for one that has just failed; undefined where it cannot be opened. */
  async openedDataset(module: string, task: string, split: string): Promise<Dataset<unknown> | undefined> {
    if (this.splitState(module, task, split).state === "failed") return undefined;
    return await this.dataset(module, task, split).catch(() => undefined);
  }

  /** Whether a split is open, or how much of it has come, or why it failed. */
  splitState(
    module: string,
    task: string,
    split: string,
  ): Pick<DatasetReport, "state" | "detail" | "failedBefore" | "progress"> {
    const opening = this.#datasets.get(key(module, task, split));
    if (opening === undefined) return { state: "idle" };
    const { value: _, ...report } = opening.report();
    return report;
  }

  /** Looks whether the files are there, so that a missing one is named at start and not on first use. */
  async check(): Promise<void> {
    await Promise.all([...this.#generators.values(), ...this.#datasets.values()].map((opening) => opening.check()));
  }

  ready(): Readiness {
    const generators: GeneratorReport[] = [], datasets: DatasetReport[] = [];
    for (const module of this.modules) {
      for (const [name, { kind, label }] of Object.entries(module.generators)) {
        const opening = this.#generators.get(key(module.name, name));
        if (opening === undefined) continue;
        const { value, ...report } = opening.report();
        const facts = value === undefined ? {} : { facts: value.facts };
        generators.push({ module: module.name, name, kind, label, ...report, ...facts });
      }
      for (const [task, { dataset }] of Object.entries(module.tasks)) {
        for (const [split, { label }] of Object.entries(dataset)) {
          const opening = this.#datasets.get(key(module.name, task, split));
          if (opening === undefined) continue;
          const { value, ...report } = opening.report();
          const rows = value === undefined ? {} : { size: value.size, problems: value.problems.map((p) => p.message) };
          datasets.push({ module: module.name, task, split, label, ...report, ...rows });
        }
      }
    }
    const loading = generators.filter(({ state }) => state === "loading").map(({ module, name }) =>
      `generator ${module}/${name} loads`
    );
    const faults = [...this.#stuck(), ...failures(generators, datasets)];
    return {
      status: faults.length > 0 ? "degraded" : loading.length > 0 ? "loading" : "ready",
      reasons: [...faults, ...loading],
      modules: this.modules.map(({ name }) => name),
      generators,
      datasets,
    };
  }

  /** Closes what is open, once each; what is still opening is closed as soon as it is open. */
  async close(): Promise<void> {
    await Promise.allSettled([
      ...[...this.#generators.values()].map((opening) => opening.close()),
      ...[...this.#datasets.values()].map((opening) => opening.close()),
    ]);
  }

  /** Generators all of whose slots, for runs or for short work, are taken by what does not get on. */
  #stuck(): readonly string[] {
    return [...this.#lanes].flatMap(([place, { runs, short }]) =>
      ([["runs", runs], ["steps and scores", short]] as const)
        .filter(([, { stuckMs }]) => stuckMs > STUCK_MS)
        .map(([what, { limits: { slots }, stuckMs }]) =>
          `generator ${place}: none of its ${slots} ${what} has got on for ${Math.floor(stuckMs / 1000)} s`
        )
    );
  }

  #prepare({ module, url }: ModuleFile): void {
    const { clock } = this.traffic;
    /** Subtle: a look that never ends would keep the app from starting. */
    const check = async (look: Promise<void> | undefined) =>
      await inTime(clock, CHECK_MS, look, "Cannot tell whether it can be opened: its check did not end");
    for (const [name, source] of Object.entries(module.generators)) {
      const context: OpenContext = { baseUrl: url, ...this.options };
      const opening = new Opening<Generator>({
        open: async (onProgress) => checkedGenerator(await source.open({ ...context, onProgress })),
        check: () => check(source.check?.(context)),
        close: (generator) => generator.close(),
      }, clock);
      this.#generators.set(key(module.name, name), opening);
      if (source.kind !== REMOTE_KIND) this.#lanes.set(key(module.name, name), this.traffic.lanes());
    }
    for (const [task, { dataset }] of Object.entries(module.tasks)) {
      for (const [split, source] of Object.entries(dataset)) {
        const opening = new Opening<Dataset<unknown>, FetchProgress>({
          open: async (onProgress) => {
            const given = checkedDataset(await source.open(url, { ...this.options, onProgress }));
            return timedDataset(given, { clock, name: `split "${split}"` });
          },
          check: () => check(source.check?.(url)),
          close: async (dataset) => await dataset.close?.(),
        }, clock);
        this.#datasets.set(key(module.name, task, split), opening);
      }
    }
  }
}

function failures(generators: readonly GeneratorReport[], datasets: readonly DatasetReport[]): readonly string[] {
  return [
    ...generators.map((report) => ({ ...report, what: `generator ${report.module}/${report.name}` })),
    ...datasets.map((report) => ({ ...report, what: `split ${report.module}/${report.task}/${report.split}` })),
  ].filter(({ state }) => state === "failed").map(({ what, detail }) => `${what}: ${detail}`);
}

/** Names hold no slash, see `defineModule`; splits may, but stand last. */
function key(...names: readonly string[]): string {
  return names.join("/");
}

async function opened<Value>(opening: Pick<Opening<Value>, "open"> | undefined, what: string): Promise<Value> {
  if (opening === undefined) throw new RangeError(`Cannot open ${what}: no module has it`);
  try {
    return await opening.open();
  } catch (error) {
    if (error instanceof UpstreamError) throw generationProblem(error, what);
    const reason = thrownText(error);
    throw new ProblemError(503, "Not available", `Cannot use ${what}: ${reason}`, { cause: error });
  }
}
