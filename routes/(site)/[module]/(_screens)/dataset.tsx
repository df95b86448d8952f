import DatasetKeys from "../../../../islands/DatasetKeys.tsx";
import IndexWatch from "../../../../islands/IndexWatch.tsx";
import SampleChoice from "../../../../islands/SampleChoice.tsx";
import SampleView from "../../../../islands/SampleView.tsx";
import { facetsOf, type FieldFacets } from "../../../../lib/datasets/facets.ts";
import { statisticsOf } from "../../../../lib/datasets/statistics.ts";
import type { FoundRow } from "../../../../lib/datasets/row_query.ts";
import type { Problem } from "../../../../lib/lm/event.ts";
import { toPrompt } from "../../../../lib/lm/prompt.ts";
import { lintPrompt } from "../../../../lib/lm/prompt_lint.ts";
import { PROMPT_BYTES, type Scored } from "../../../../lib/lm/wire.ts";
import type { Module } from "../../../../lib/module.ts";
import { readScore } from "../../../../lib/server/generation.ts";
import { namesFromQuery, type Place, readSample, resolvePlace } from "../../../../lib/server/place.ts";
import { ProblemError } from "../../../../lib/server/problem.ts";
import { type PromptTokens, promptTokens } from "../../../../lib/server/rows/prompt_tokens.ts";
import { fieldNames } from "../../../../lib/server/rows/known_fields.ts";
import { findRows, sortOf } from "../../../../lib/server/rows/rows.ts";
import { inTimeOrTold } from "../../../../lib/server/rows/timed_dataset.ts";
import { toldProblem } from "../../../../lib/server/told_problem.ts";
import {
  atOthers,
  datasetHref,
  type DatasetPlace,
  type OpenIn,
  placeEntries,
  ROWS_A_PAGE,
  rowsHref,
  type RowsPage,
  SAVE,
  SLICE_CHARACTERS,
  wishQuery,
} from "../../../../lib/ui/address/dataset_screen.ts";
import { DatasetView } from "../../../../lib/ui/dataset/DatasetView.tsx";
import type { GenerationScreen } from "../../../../lib/ui/address/generation_screen.ts";
import type { Pinned } from "../../../../lib/ui/dataset/PinnedSample.tsx";
import { placeInDataset } from "./dataset_place.ts";
import { scoresOf, scoreWatch, withScores } from "./dataset_scores.tsx";
import { derive, formTexts, sampleFields } from "./sample_form.ts";
import {
  readSampleScreen,
  type SampleScreen,
  sampleTitle,
  type Screen,
  screenAt,
  type ScreenRequest,
} from "./screen.ts";
import { visibleText } from "../../../../lib/lm/visible_text.ts";

/** The bar has no use for the sample's texts, and what it is given is sent once more. */
const NO_PROMPT = toPrompt("");
/** How long a page waits for an index that is being written, before it tells how far it is. */
const PATIENCE_MS = 1_000;

export async function openDataset(request: ScreenRequest, module: Module): Promise<Screen | Response> {
  const { state: { registry }, path, url: { searchParams } } = request;
  const place = resolvePlace(registry, path, namesFromQuery(searchParams));
  const sampled = await readOrTell(request, place);
  const { screen, shown, row, original } = sampled;
  const texts = formTexts(searchParams);
  const derived = texts && derive(request, original, texts);
  const at = placeInDataset(searchParams, derived !== undefined);
  const { wish, views, slices, pin } = at;
  if (derived !== undefined && "edits" in derived) {
    const seen = { ...at, views: views.filter((view) => view !== "edit") };
    const location = datasetHref({ ...screen, edits: derived.edits }, seen);
    return new Response(null, { status: 303, headers: { location } });
  }
  const name = searchParams.get(SAVE)?.trim().slice(0, SLICE_CHARACTERS) ?? "";
  if (name !== "") {
    const location = rowsHref(screen, { ...at, slices: { ...slices, [name]: wishQuery(wish) } });
    return new Response(null, { status: 303, headers: { location } });
  }
  const { page: listed, problem: noRows } = await pageOf(request, place, at, sampled);
  const { scores, problem: noScores } = await scoresOf(request, place, listed);
  const page = listed === undefined || scores === undefined ? listed : withScores(listed, scores);
  const isExact = screen.conversation === undefined || screen.conversation.text === "exact";
  const { seen, problem: noTokens } = sampled.isReadable && isExact
    ? await tokensOf(request, place, screen.prompt.text, views.includes("tokens"))
    : {};
  const target = views.includes("score") && sampled.isReadable ? await scoreOf(request, screen) : {};
  const { statistics, problem: noStatistics } = page === undefined ? {} : await facetsFor(request, place, page);
  // What is wrong with the rows alone is told beside them.
  const refusal = (listed?.isRefused === true ? noRows : undefined) ?? noScores;
  const problem = derived?.problem ?? sampled.problem ?? (listed === undefined ? noRows : undefined) ?? noTokens ??
    noStatistics;
  const hasGenerator = place.generator !== "";
  return {
    title: sampleTitle(screen),
    shown: screen,
    status: (problem ?? refusal)?.status ?? 200,
    body: (
      <>
        <DatasetView
          screen={screen}
          isReadable={sampled.isReadable}
          fields={sampled.isReadable ? sampleFields(row, original, texts) : []}
          page={page}
          prompt={{
            ...(seen === undefined ? {} : { tokens: seen.tokens }),
            canShow: hasGenerator && screen.prompt.text.length <= PROMPT_BYTES,
            findings: lintPrompt({ prompt: screen.prompt, ...seen }),
          }}
          target={{ ...target, canScore: hasGenerator }}
          statistics={statistics}
          problem={problem}
          refusal={refusal}
          pinned={pin === undefined ? undefined : await pinnedSample(request, place, pin)}
          here={datasetHref(screen, at)}
          openIn={sampled.isReadable ? screensOf(module) : []}
          bar={<SampleChoice screen={{ ...screen, prompt: NO_PROMPT, target: "" }} kept={placeEntries(atOthers(at))} />}
          sample={shown !== undefined && <SampleView elements={shown} />}
          index={page !== undefined && indexWatch(place, page, rowsHref(screen, at))}
          scoring={page === undefined ? undefined : scoreWatch(screen, page, scores?.state)}
        />
        <DatasetKeys />
      </>
    ),
  };
}

interface Facets {
  readonly rows: number;
  readonly fields: readonly FieldFacets[];
}

/** The sample that stays beside the others, or why it cannot be shown. */
async function pinnedSample({ state: { registry } }: ScreenRequest, place: Place, sample: number): Promise<Pinned> {
  try {
    const { row } = await readSample(registry, { ...place, sample, edits: {} });
    return { sample, fields: sampleFields(row, row) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { sample, fields: [], fault: error.detail };
  }
}

/** Once they are asked for; while an index is written, they wait for it. */
async function facetsFor(
  { state }: ScreenRequest,
  { module, taskName, split }: Place,
  { views, index, wish }: RowsPage,
): Promise<{ readonly statistics?: Facets; readonly problem?: Problem }> {
  if (!views.includes("statistics") || index?.kind === "writing") return {};
  try {
    const dataset = await state.registry.dataset(module.name, taskName, split);
    const statistics = await inTimeOrTold(statisticsOf(dataset));
    return { statistics: { rows: statistics.rows, fields: facetsOf(statistics, wish.filter) } };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { problem: toldProblem(state, error) };
  }
}

/** While the index is written, how far it is; absent where there is nothing to wait for. */
function indexWatch({ module, component, taskName, split }: Place, page: RowsPage, here: string) {
  const isWriting = page.index?.kind === "writing";
  if (!isWriting && !page.isWaiting) return undefined;
  const query = new URLSearchParams({ task: taskName, split, limit: "1" });
  return (
    <IndexWatch
      address={`/api/${module.name}/${component.name}/samples?${query}`}
      here={here}
      index={page.index}
      isAwaited={page.isWaiting || page.views.includes("statistics")}
    />
  );
}

interface ToldSample extends SampleScreen {
  readonly isReadable: boolean;
  /** Whether the split could be opened. */
  readonly isOpen: boolean;
}

/** Whether the page is to tell what only an open generator can. */
function asksModel({ url: { searchParams } }: ScreenRequest): boolean {
  return ["tokens", "score"].some((view) => searchParams.get(view) === "1");
}

/** The sample, or the screen without it and why: what else there is to see stays. */
async function readOrTell(request: ScreenRequest, place: Place): Promise<ToldSample> {
  const { state } = request;
  try {
    const sampled = await readSampleScreen(request, asksModel(request) ? "surely" : "never");
    return { ...sampled, isReadable: true, isOpen: true };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    if (error.field === "edits") {
      const problem = toldProblem(state, error);
      const url = new URL(request.url);
      url.searchParams.delete("edits");
      return { ...await readOrTell({ ...request, url }, { ...place, edits: {} }), problem };
    }
    const dataset = await state.registry.openedDataset(place.module.name, place.taskName, place.split);
    const { size = 0, problems = [], problemCount = problems.length } = dataset ?? {};
    const leftOut = problems.map(({ message }) => message);
    const screen = screenAt(place, { prompt: toPrompt(""), size, leftOut, leftOutCount: problemCount });
    const isOpen = dataset !== undefined;
    const nothing = { row: undefined, original: undefined, shown: undefined, isReadable: false, isOpen };
    // A split without rows is nothing that went wrong; the panel of its rows says so.
    return { screen, ...nothing, problem: dataset?.size === 0 ? undefined : toldProblem(state, error) };
  }
}

/** The page of rows, without any where the wish is refused; undefined where the split cannot be opened. */
async function pageOf(
  { state, signal }: ScreenRequest,
  place: Place,
  at: DatasetPlace,
  { row, isReadable, isOpen }: Pick<ToldSample, "row" | "isReadable" | "isOpen">,
): Promise<{ readonly page?: RowsPage; readonly problem?: Problem }> {
  if (!isOpen) return {};
  const { wish, offset } = at;
  try {
    const waiting = { signal, patienceMs: PATIENCE_MS };
    const found = await findRows(state.registry, place, wish, { offset, limit: ROWS_A_PAGE, ...waiting });
    const fields = fieldsOf(found.rows, wish, isReadable ? [row] : []);
    return { page: { ...found, ...at, fields } };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const problem = toldProblem(state, error);
    if (error.status !== 422) return { problem };
    // What was asked for stays in its fields, to be mended.
    const fields = fieldsOf([], wish, isReadable ? [row] : []);
    const nothing = { isWaiting: false, isRefused: true, rows: [], total: 0, faults: [], relaxations: [] };
    return { page: { ...nothing, ...at, fields }, problem };
  }
}

/** The columns of the table: what the rows have, and what is asked of them. */
function fieldsOf(rows: readonly FoundRow[], { filter, sort }: DatasetPlace["wish"], others: readonly unknown[]) {
  const order = sortOf(sort), named = [...Object.keys(filter), ...(order === undefined ? [] : [order.field])];
  return [...new Set([...fieldNames(rows, others), ...named])];
}

/** The target under the prompt; a generator that cannot score leaves the rest of the page. */
async function scoreOf(
  { state, path, signal }: ScreenRequest,
  screen: GenerationScreen,
): Promise<{ readonly scored?: Scored; readonly problem?: Problem }> {
  const { task, split, sample, edits, generator } = screen;
  if (screen.target === undefined) return {};
  try {
    const body = { task, split, sample, edits, generator };
    const wanted = AbortSignal.any([signal, state.shutdown]);
    return { scored: await readScore({ state, params: path }, body, wanted) };
  } catch (error) {
    if (signal.aborted) return {}; // Nobody is there to be told.
    return { problem: toldProblem(state, error) };
  }
}

/** A generator that cannot be opened takes nothing from the data. */
async function tokensOf(
  { state, signal }: ScreenRequest,
  place: Place,
  text: string,
  opens: boolean,
): Promise<{ readonly seen?: PromptTokens; readonly problem?: Problem }> {
  if (text.length > PROMPT_BYTES) return {}; // No model is given as much, and to split it would take seconds.
  try {
    const seen = await promptTokens({ state }, place, text, opens, signal);
    return seen === undefined ? {} : { seen };
  } catch (error) {
    return opens ? { problem: toldProblem(state, error) } : {};
  }
}

/** The module's other screens that show a sample. */
function screensOf({ components }: Module): readonly OpenIn[] {
  return components.filter(({ kind }) => kind === "generation" || kind === "next_token")
    .map(({ name, title }) => ({ name, title: visibleText(title) }));
}
