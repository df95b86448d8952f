/** What every screen reads of its URL, and what it gives to its page. */
import type { ComponentChildren } from "preact";
import type { ElementState } from "../../../../lib/elements/element.ts";
import type { Problem } from "../../../../lib/lm/event.ts";
import { type Prompt, toPrompt } from "../../../../lib/lm/prompt.ts";
import type { State } from "../../../../lib/server/app_state.ts";
import { namesFromQuery, type Place, type PlacePath, readSample, resolvePlace } from "../../../../lib/server/place.ts";
import {
  defaultsOf,
  type GenerationScreen,
  paramsFromQuery,
  type ShownConversation,
} from "../../../../lib/ui/address/generation_screen.ts";
import { engineText } from "../../../../lib/ui/frame/engine_text.ts";
import type { Shown } from "../../../../lib/ui/address/other_screen.ts";
import { PROMPT_STRINGS } from "../../../../lib/ui/token/prompt_strings.ts";
import { PAGE_STRINGS } from "../../../../lib/ui/frame/page_strings.ts";
import { visibleText } from "../../../../lib/lm/visible_text.ts";
import { type Opens, type ScreenPrompt, screenPrompt } from "./screen_prompt.ts";

/** A page in the making. */
export interface Screen {
  /** Of the browser's window, without the app's name. */
  readonly title: string;
  readonly status: number;
  readonly body: ComponentChildren;
  /** What it shows, so that links to the module's other screens lead to the same; absent where there is nothing to show. */
  readonly shown?: Shown;
}

/** What a screen is opened with. */
export interface ScreenRequest {
  readonly state: State;
  readonly path: PlacePath;
  readonly url: URL;
  /** Aborts when nobody waits for the page any more: who asked has left, or it is made, with all of its answers or not. */
  readonly signal: AbortSignal;
}

export interface SampleScreen {
  readonly screen: GenerationScreen;
  readonly row: unknown;
  /** The row as it stands in the dataset. */
  readonly original: unknown;
  /** Elements that show the sample; absent when the task has none. */
  readonly shown: Readonly<Record<string, ElementState>> | undefined;
  /** What is wrong with the URL's params, where the screen shows the defaults then; else why the prompt has no text. */
  readonly problem: Problem | undefined;
}

/** Of the lines that could not be read. */
const SHOWN_FAULTS = 20;

/**
 * The sample, generator and params that a URL names.
 * @param opens whether the generator is opened where it makes the prompt's text
 * @param own what somebody wrote in place of the sample's prompt
 * @throws {ProblemError} naming what it cannot find
 */
export async function readSampleScreen(
  request: ScreenRequest,
  opens: Opens = "soon",
  own?: string,
): Promise<SampleScreen> {
  const { state, path, url } = request, { registry } = state;
  const place = resolvePlace(registry, path, namesFromQuery(url.searchParams));
  const { row, original, shown, prompt: given, ...others } = await readSample(registry, place);
  const { problem: noText, ...prompt }: ScreenPrompt = own === undefined
    ? await screenPrompt(request, place, given, opens)
    : { prompt: toPrompt(own) };
  const textSent = prompt.conversation === undefined ? await sentText(state, place) : undefined;
  const sample = { ...others, ...prompt };
  const { params, problem } = paramsFromQuery(url.searchParams, defaultsOf(place.task.params));
  const screen = { ...screenAt(place, sample), params, ...(textSent === undefined ? {} : { textSent }) };
  const facts = registry.engine(place.module.name, place.generator)?.facts;
  return {
    row,
    original,
    shown,
    screen: facts === undefined ? screen : { ...screen, engine: engineText(facts) },
    problem: problem === undefined ? noText : badQuery(problem.detail, problem.field),
  };
}

/** What becomes of a text that its generator is given; a page does not open one to say so. */
async function sentText(
  { registry, client }: State,
  { module, generator: name }: Place,
): Promise<GenerationScreen["textSent"]> {
  if (!registry.isOpen(module.name, name)) return undefined;
  const { takesMessages } = await registry.generator(module.name, name, client);
  return takesMessages === true ? "message" : "exact";
}

/** What a screen needs to know of its sample. */
export interface ScreenSample {
  readonly prompt: Prompt;
  readonly conversation?: ShownConversation;
  readonly target?: string;
  readonly size: number;
  readonly leftOut: readonly string[];
  readonly leftOutCount: number;
}

/** The screen at a place, with default params. */
export function screenAt(
  place: Place,
  { prompt, conversation, target, size, leftOut, leftOutCount }: ScreenSample,
): GenerationScreen {
  const { module, component, task } = place;
  const nextToken = module.components.find(({ kind }) => kind === "next_token")?.name;
  const dataset = module.components.find(({ kind }) => kind === "dataset")?.name;
  const defaults = defaultsOf(task.params);
  return {
    module: module.name,
    component: component.name,
    title: visibleText(component.title),
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
    ...(conversation === undefined ? {} : { conversation }),
    ...(target === undefined ? {} : { target }),
    generators: Object.keys(module.generators),
    generator: place.generator,
    metrics: Object.entries(task.metrics ?? {}).map(([name, { description }]) => ({ name, description })),
    defaults,
    params: defaults,
    ...(nextToken === undefined ? {} : { nextToken }),
    ...(dataset === undefined ? {} : { dataset }),
    random: Math.floor(Math.random() * size),
  };
}

/** A problem of the URL's own. */
export function badQuery(detail: string, field?: string): Problem {
  const problem = { type: "about:blank", title: PAGE_STRINGS.badParam, status: 422, id: "", detail };
  return field === undefined ? problem : { ...problem, field };
}

export function sampleTitle({ title, split, sample, ownPrompt }: GenerationScreen): string {
  return `${title} · ${ownPrompt === undefined ? `${split} ${sample}` : PROMPT_STRINGS.own.sample}`;
}
