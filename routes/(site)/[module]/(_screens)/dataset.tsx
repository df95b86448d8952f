import SampleChoice from "../../../../islands/SampleChoice.tsx";
import SampleView from "../../../../islands/SampleView.tsx";
import type { Module } from "../../../../lib/module.ts";
import { findRows, namesFromQuery, resolvePlace, wholeNumber } from "../../../../lib/server/place.ts";
import { type OpenIn, ROWS_A_PAGE } from "../../../../lib/ui/dataset_screen.ts";
import { DatasetView } from "../../../../lib/ui/DatasetView.tsx";
import { readSampleScreen, sampleTitle, type Screen, type ScreenRequest } from "./screen.ts";

export async function openDataset(request: ScreenRequest, module: Module): Promise<Screen> {
  const { state: { registry }, path, url: { searchParams } } = request;
  const { screen, shown, row, problem } = await readSampleScreen(request);
  const query = searchParams.get("q") ?? "";
  const offset = wholeNumber(searchParams, "offset") ?? 0;
  const place = resolvePlace(registry, path, namesFromQuery(searchParams));
  const found = await findRows(registry, place, { query, offset, limit: ROWS_A_PAGE });
  return {
    title: sampleTitle(screen),
    status: problem?.status ?? 200,
    body: (
      <DatasetView
        screen={screen}
        row={row}
        page={{ query, offset, ...found }}
        openIn={screensOf(module)}
        bar={<SampleChoice screen={screen} />}
        sample={shown !== undefined && <SampleView elements={shown} />}
      />
    ),
  };
}

/** The module's other screens that show a sample. */
function screensOf({ components }: Module): readonly OpenIn[] {
  return components.filter(({ kind }) => kind === "generation" || kind === "next_token")
    .map(({ name, title }) => ({ name, title }));
}
