import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import Generation from "../../../islands/Generation.tsx";
import type { Problem } from "../../../lib/lm/event.ts";
import { define } from "../../../lib/server/define.ts";
import { namesFromQuery, readSample, resolvePlace } from "../../../lib/server/place.ts";
import { ProblemError } from "../../../lib/server/problem.ts";
import type { Registry } from "../../../lib/server/registry.ts";
import { defaultsOf, type GenerationScreen, paramsFromQuery } from "../../../lib/ui/generation_screen.ts";
import { STRINGS } from "../../../lib/ui/strings.ts";

interface ScreenData {
  readonly screen: GenerationScreen;
  /** What is wrong with the URL's params; the screen then shows the defaults. */
  readonly problem: Problem | undefined;
}

export const handler = define.handlers({
  async GET(ctx) {
    const data = await readScreen(ctx.state.registry, ctx.params, ctx.url.searchParams).catch(asHttpError);
    return page(data, { status: data.problem?.status ?? 200 });
  },
});

export default define.page<typeof handler>(function ComponentPage({ data: { screen, problem } }) {
  return (
    <>
      <Head>
        <title>{`${screen.title} · ${screen.split} ${screen.sample} · ${STRINGS.brand}`}</title>
      </Head>
      <Generation screen={screen} problem={problem} />
    </>
  );
});

async function readScreen(
  registry: Registry,
  path: Readonly<Record<string, string>>,
  query: URLSearchParams,
): Promise<ScreenData> {
  const place = resolvePlace(registry, path, namesFromQuery(query));
  const { module, component, task } = place;
  const { prompt, target, size } = await readSample(registry, place);
  const defaults = defaultsOf(task.params);
  const { params, problem } = paramsFromQuery(query, defaults);
  return {
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
