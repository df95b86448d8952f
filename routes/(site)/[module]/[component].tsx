import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import ComponentView from "../../../islands/ComponentView.tsx";
import Generation from "../../../islands/Generation.tsx";
import SampleView from "../../../islands/SampleView.tsx";
import type { ElementsComponent } from "../../../lib/components/component.ts";
import type { SessionState } from "../../../lib/components/session.ts";
import type { ElementState } from "../../../lib/elements/element.ts";
import type { Problem } from "../../../lib/lm/event.ts";
import type { Module } from "../../../lib/module.ts";
import type { State } from "../../../lib/server/app_state.ts";
import { define } from "../../../lib/server/define.ts";
import { findComponent, namesFromQuery, type PlacePath, readSample, resolvePlace } from "../../../lib/server/place.ts";
import { ProblemError } from "../../../lib/server/problem.ts";
import type { Registry } from "../../../lib/server/registry.ts";
import { defaultsOf, type GenerationScreen, paramsFromQuery } from "../../../lib/ui/generation_screen.ts";
import { STRINGS } from "../../../lib/ui/strings.ts";

interface GenerationData {
  readonly kind: "generation";
  readonly screen: GenerationScreen;
  /** Elements that show the sample; absent when the task has none. */
  readonly shown: Readonly<Record<string, ElementState>> | undefined;
  /** What is wrong with the URL's params; the screen then shows the defaults. */
  readonly problem: Problem | undefined;
}

interface ElementsData {
  readonly kind: "elements";
  readonly api: string;
  readonly title: string;
  readonly state: SessionState;
}

type ScreenData = GenerationData | ElementsData;

export const handler = define.handlers({
  async GET(ctx) {
    const data = await readScreen(ctx.state, ctx.params, ctx.url.searchParams).catch(asHttpError);
    return page(data, { status: data.kind === "generation" ? data.problem?.status ?? 200 : 200 });
  },
});

export default define.page<typeof handler>(function ComponentPage({ data }) {
  if (data.kind === "elements") {
    return (
      <>
        <Head>
          <title>{`${data.title} · ${STRINGS.brand}`}</title>
        </Head>
        <ComponentView api={data.api} title={data.title} state={data.state} />
      </>
    );
  }
  const { screen, shown, problem } = data;
  return (
    <>
      <Head>
        <title>{`${screen.title} · ${screen.split} ${screen.sample} · ${STRINGS.brand}`}</title>
      </Head>
      <Generation screen={screen} problem={problem}>
        {shown !== undefined && <SampleView elements={shown} />}
      </Generation>
    </>
  );
});

async function readScreen(state: State, path: PlacePath, query: URLSearchParams): Promise<ScreenData> {
  const { module, component } = findComponent(state.registry, path);
  if (component.kind !== "elements") return await readGeneration(state.registry, path, query);
  return await openElements(state, module, component);
}

async function openElements({ sessions }: State, module: Module, component: ElementsComponent): Promise<ElementsData> {
  const session = await sessions.open({ module, component });
  const { name, title } = component;
  return { kind: "elements", api: `/api/${module.name}/${name}`, title, state: session.state() };
}

async function readGeneration(registry: Registry, path: PlacePath, query: URLSearchParams): Promise<GenerationData> {
  const place = resolvePlace(registry, path, namesFromQuery(query));
  const { module, component, task } = place;
  const { prompt, target, size, shown } = await readSample(registry, place);
  const defaults = defaultsOf(task.params);
  const { params, problem } = paramsFromQuery(query, defaults);
  return {
    kind: "generation",
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
      size,
      prompt,
      ...(target === undefined ? {} : { target }),
      generators: Object.keys(module.generators),
      generator: place.generator,
      metrics: Object.entries(task.metrics ?? {}).map(([name, { description }]) => ({ name, description })),
      defaults,
      params,
      random: Math.floor(Math.random() * size),
    },
    problem: problem && { type: "about:blank", title: STRINGS.badParam, status: 422, id: "", ...problem },
  };
}

/** Pages tell of a problem through `_error.tsx`, which knows Fresh's errors. */
function asHttpError(error: unknown): never {
  throw error instanceof ProblemError ? new HttpError(error.status, error.detail, { cause: error }) : error;
}
