import Generation from "../../../../islands/Generation.tsx";
import SampleView from "../../../../islands/SampleView.tsx";
import { parseColouring } from "../../../../lib/ui/address/colouring_query.ts";
import { readSampleScreen, sampleTitle, type Screen, type ScreenRequest } from "./screen.ts";

export async function openGeneration(request: ScreenRequest): Promise<Screen> {
  const { screen, shown, problem } = await readSampleScreen(request);
  return {
    title: sampleTitle(screen),
    shown: screen,
    status: problem?.status ?? 200,
    body: (
      <Generation screen={screen} problem={problem} colouring={parseColouring(request.url.searchParams)}>
        {shown !== undefined && <SampleView elements={shown} />}
      </Generation>
    ),
  };
}
