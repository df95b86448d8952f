import DatasetKeys from "../../../../islands/DatasetKeys.tsx";
import SampleChoice from "../../../../islands/SampleChoice.tsx";
import SampleView from "../../../../islands/SampleView.tsx";
import type { Problem } from "../../../../lib/lm/event.ts";
import { lintPrompt } from "../../../../lib/lm/prompt_lint.ts";
import type { Module } from "../../../../lib/module.ts";
import { namesFromQuery, type Place, resolvePlace, wholeNumber } from "../../../../lib/server/place.ts";
import { problemOf } from "../../../../lib/server/problem.ts";
import { type PromptTokens, promptTokens } from "../../../../lib/server/prompt_tokens.ts";
import { fieldNames, findRows, rowWish } from "../../../../lib/server/rows.ts";
import { type OpenIn, ROWS_A_PAGE } from "../../../../lib/ui/dataset_screen.ts";
import { DatasetView } from "../../../../lib/ui/DatasetView.tsx";
import { readSampleScreen, sampleTitle, type Screen, type ScreenRequest } from "./screen.ts";

export async function openDataset(request: ScreenRequest, module: Module): Promise<Screen> {
  const { state: { registry }, path, url: { searchParams } } = request;
  const { screen, shown, row, problem: badParams } = await readSampleScreen(request);
  const offset = wholeNumber(searchParams, "offset") ?? 0;
  const place = resolvePlace(registry, path, namesFromQuery(searchParams));
  const wish = rowWish(searchParams);
  const found = await findRows(registry, place, wish, { offset, limit: ROWS_A_PAGE });
  const showsTokens = searchParams.get("tokens") === "1";
  const { seen, problem: noTokens } = await tokensOf(request, place, screen.prompt.text, showsTokens);
  const problem = badParams ?? noTokens;
  const named = [...Object.keys(wish.filter), ...(wish.sort === "" ? [] : [wish.sort.replace(/^-/, "")])];
  const fields = [...new Set([...fieldNames(found.rows, [row]), ...named])];
  return {
    title: sampleTitle(screen),
    status: problem?.status ?? 200,
    body: (
      <>
        <DatasetView
          screen={screen}
          row={row}
          page={{ ...found, wish, offset, fields }}
          prompt={{
            ...(seen === undefined ? {} : { tokens: seen.tokens }),
            showsTokens,
            canShow: place.generator !== "",
            findings: lintPrompt({ prompt: screen.prompt, ...seen }),
          }}
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

/** A generator that cannot be opened takes nothing from the data. */
async function tokensOf(
  { state: { registry, requestId } }: ScreenRequest,
  place: Place,
  text: string,
  opens: boolean,
): Promise<{ readonly seen?: PromptTokens; readonly problem?: Problem }> {
  try {
    const seen = await promptTokens(registry, place, text, opens);
    return seen === undefined ? {} : { seen };
  } catch (error) {
    return opens ? { problem: problemOf(error, requestId) } : {};
  }
}

/** The module's other screens that show a sample. */
function screensOf({ components }: Module): readonly OpenIn[] {
  return components.filter(({ kind }) => kind === "generation" || kind === "next_token")
    .map(({ name, title }) => ({ name, title }));
}
