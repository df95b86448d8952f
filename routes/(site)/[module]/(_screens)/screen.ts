/** What every screen reads of its URL, and what it gives to its page. */
import type { ComponentChildren } from "preact";
import type { ElementState } from "../../../../lib/elements/element.ts";
import type { Problem } from "../../../../lib/lm/event.ts";
import type { State } from "../../../../lib/server/app_state.ts";
import { namesFromQuery, type PlacePath, readSample, resolvePlace } from "../../../../lib/server/place.ts";
import { defaultsOf, type GenerationScreen, paramsFromQuery } from "../../../../lib/ui/generation_screen.ts";
import { PAGE_STRINGS } from "../../../../lib/ui/page_strings.ts";

/** A page in the making. */
export interface Screen {
  /** Of the browser's window, without the app's name. */
  readonly title: string;
  readonly status: number;
  readonly body: ComponentChildren;
}

/** What a screen is opened with. */
export interface ScreenRequest {
  readonly state: State;
  readonly path: PlacePath;
  readonly url: URL;
}

export interface SampleScreen {
  readonly screen: GenerationScreen;
  readonly row: unknown;
  /** The row as it stands in the dataset. */
  readonly original: unknown;
  /** Elements that show the sample; absent when the task has none. */
  readonly shown: Readonly<Record<string, ElementState>> | undefined;
  /** What is wrong with the URL's params; the screen then shows the defaults. */
  readonly problem: Problem | undefined;
}

/** Of the lines that could not be read. */
const SHOWN_FAULTS = 20;

/** The sample, generator and params that a URL names. @throws {ProblemError} naming what it cannot find */
export async function readSampleScreen({ state: { registry }, path, url }: ScreenRequest): Promise<SampleScreen> {
  const place = resolvePlace(registry, path, namesFromQuery(url.searchParams));
  const { module, component, task } = place;
  const { row, original, prompt, target, size, leftOut, leftOutCount, shown } = await readSample(registry, place);
  const nextToken = module.components.find(({ kind }) => kind === "next_token")?.name;
  const defaults = defaultsOf(task.params);
  const engine = registry.engine(module.name, place.generator);
  const { params, problem } = paramsFromQuery(url.searchParams, defaults);
  return {
    row,
    original,
    shown,
    screen: {
      module: module.name,
      component: component.name,
      title: component.title,
      tasks: Object.keys(module.tasks),
      task: place.taskName,
      splits: Object.keys(task.dataset),
      split: place.split,
      sample: place.sample,
      edits: place.edits,
      size,
      leftOut: leftOut.slice(0, SHOWN_FAULTS),
      leftOutCount,
      prompt,
      ...(target === undefined ? {} : { target }),
      generators: Object.keys(module.generators),
      generator: place.generator,
      ...(engine === undefined ? {} : { engine }),
      metrics: Object.entries(task.metrics ?? {}).map(([name, { description }]) => ({ name, description })),
      defaults,
      params,
      ...(nextToken === undefined ? {} : { nextToken }),
      random: Math.floor(Math.random() * size),
    },
    problem: problem && badQuery(problem.detail, problem.field),
  };
}

/** A problem of the URL's own. */
export function badQuery(detail: string, field?: string): Problem {
  const problem = { type: "about:blank", title: PAGE_STRINGS.badParam, status: 422, id: "", detail };
  return field === undefined ? problem : { ...problem, field };
}

export function sampleTitle({ title, split, sample }: GenerationScreen): string {
  return `${title} · ${split} ${sample}`;
}
