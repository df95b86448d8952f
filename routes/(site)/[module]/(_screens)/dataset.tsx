import DatasetKeys from "../../../../islands/DatasetKeys.tsx";
import SampleChoice from "../../../../islands/SampleChoice.tsx";
import SampleView from "../../../../islands/SampleView.tsx";
import { changedTexts, type Edits, editText } from "../../../../lib/datasets/derived.ts";
import { rowEntries } from "../../../../lib/datasets/field_text.ts";
import { statisticsOf } from "../../../../lib/datasets/statistics.ts";
import type { Problem } from "../../../../lib/lm/event.ts";
import { lintPrompt } from "../../../../lib/lm/prompt_lint.ts";
import type { Scored } from "../../../../lib/lm/wire.ts";
import type { Module } from "../../../../lib/module.ts";
import { readScore } from "../../../../lib/server/generation.ts";
import { editedRow, namesFromQuery, type Place, resolvePlace, wholeNumber } from "../../../../lib/server/place.ts";
import { problemOf } from "../../../../lib/server/problem.ts";
import { type PromptTokens, promptTokens } from "../../../../lib/server/prompt_tokens.ts";
import { fieldNames, findRows, rowWish } from "../../../../lib/server/rows.ts";
import {
  datasetHref,
  type DatasetPlace,
  type OpenIn,
  ROWS_A_PAGE,
  type SampleField,
  VIEWS,
} from "../../../../lib/ui/dataset_screen.ts";
import { DatasetView } from "../../../../lib/ui/DatasetView.tsx";
import type { GenerationScreen } from "../../../../lib/ui/generation_screen.ts";
import { readSampleScreen, sampleTitle, type Screen, type ScreenRequest } from "./screen.ts";

export async function openDataset(request: ScreenRequest, module: Module): Promise<Screen | Response> {
  const { state: { registry }, path, url: { searchParams } } = request;
  const { screen, shown, row, original, problem: badParams } = await readSampleScreen(request);
  const wish = rowWish(searchParams);
  const texts = formTexts(searchParams);
  const derived = texts && derive(request, original, texts);
  const views = VIEWS.filter((view) => searchParams.get(view) === "1" || view === "edit" && derived !== undefined);
  const at: DatasetPlace = { wish, offset: wholeNumber(searchParams, "offset") ?? 0, views };
  if (derived !== undefined && "edits" in derived) {
    const seen = { ...at, views: views.filter((view) => view !== "edit") };
    const location = datasetHref({ ...screen, edits: derived.edits }, seen);
    return new Response(null, { status: 303, headers: { location } });
  }
  const place = resolvePlace(registry, path, namesFromQuery(searchParams));
  const found = await findRows(registry, place, wish, { offset: at.offset, limit: ROWS_A_PAGE });
  const { seen, problem: noTokens } = await tokensOf(request, place, screen.prompt.text, views.includes("tokens"));
  const target = views.includes("score") ? await scoreOf(request, screen) : {};
  const statistics = views.includes("statistics")
    ? await statisticsOf(await registry.dataset(module.name, place.taskName, place.split))
    : undefined;
  const problem = derived?.problem ?? badParams ?? noTokens;
  const named = [...Object.keys(wish.filter), ...(wish.sort === "" ? [] : [wish.sort.replace(/^-/, "")])];
  const fields = [...new Set([...fieldNames(found.rows, [row]), ...named])];
  const hasGenerator = place.generator !== "";
  return {
    title: sampleTitle(screen),
    status: problem?.status ?? 200,
    body: (
      <>
        <DatasetView
          screen={screen}
          fields={sampleFields(row, original, texts)}
          page={{ ...found, ...at, fields }}
          prompt={{
            ...(seen === undefined ? {} : { tokens: seen.tokens }),
            canShow: hasGenerator,
            findings: lintPrompt({ prompt: screen.prompt, ...seen }),
          }}
          target={{ ...target, canScore: hasGenerator }}
          statistics={statistics}
          problem={problem}
          openIn={screensOf(module)}
          bar={<SampleChoice screen={screen} />}
          sample={shown !== undefined && <SampleView elements={shown} />}
        />
        <DatasetKeys />
      </>
    ),
  };
}

/** Before the name of a field, in the name of its text area. */
const FIELD = "field.";

/** What the form of the fields holds; undefined when it was not sent. */
function formTexts(query: URLSearchParams): Edits | undefined {
  const sent = [...query].filter(([name]) => name.startsWith(FIELD));
  return sent.length === 0
    ? undefined
    : Object.fromEntries(sent.map(([name, text]) => [name.slice(FIELD.length), text]));
}

/** What a form's texts change in the row, or why they cannot. */
function derive(
  { state: { requestId } }: ScreenRequest,
  original: unknown,
  texts: Edits,
): { readonly edits: Edits } | { readonly problem: Problem } {
  try {
    const edits = changedTexts(original, texts);
    editedRow(original, edits);
    return { edits };
  } catch (error) {
    return { problem: problemOf(error, requestId) };
  }
}

/** @param texts of a form that was refused: nothing that was typed is lost */
function sampleFields(row: unknown, original: unknown, texts: Edits = {}): readonly SampleField[] {
  const before = new Map(rowEntries(original));
  return rowEntries(row).map(([name, value]) => {
    const text = Object.hasOwn(texts, name) ? texts[name] ?? "" : editText(value);
    const was = editText(before.get(name));
    return text === was ? { name, text } : { name, text, original: was };
  });
}

/** The target under the prompt; a generator that cannot score leaves the rest of the page. */
async function scoreOf(
  { state, path }: ScreenRequest,
  screen: GenerationScreen,
): Promise<{ readonly scored?: Scored; readonly problem?: Problem }> {
  const { task, split, sample, edits, generator } = screen;
  if (screen.target === undefined) return {};
  try {
    const body = { task, split, sample, edits, generator };
    return { scored: await readScore({ state, params: path }, body, state.shutdown) };
  } catch (error) {
    return { problem: problemOf(error, state.requestId) };
  }
}

/** A generator that cannot be opened takes nothing from the data. */
async function tokensOf(
  { state }: ScreenRequest,
  place: Place,
  text: string,
  opens: boolean,
): Promise<{ readonly seen?: PromptTokens; readonly problem?: Problem }> {
  try {
    const seen = await promptTokens({ state }, place, text, opens);
    return seen === undefined ? {} : { seen };
  } catch (error) {
    return opens ? { problem: problemOf(error, state.requestId) } : {};
  }
}

/** The module's other screens that show a sample. */
function screensOf({ components }: Module): readonly OpenIn[] {
  return components.filter(({ kind }) => kind === "generation" || kind === "next_token")
    .map(({ name, title }) => ({ name, title }));
}
