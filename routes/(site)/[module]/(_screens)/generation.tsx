import Generation from "../../../../islands/Generation.tsx";
import SampleView from "../../../../islands/SampleView.tsx";
import { parseColouring } from "../../../../lib/ui/address/colouring_query.ts";
import { readPromptScreen } from "./own_prompt.ts";
import { sampleTitle, type Screen, type ScreenRequest } from "./screen.ts";

export async function openGeneration(request: ScreenRequest): Promise<Screen | Response> {
  const read = await readPromptScreen(request);
  if (read instanceof Response) return read;
  const { screen, shown, isWriting, problem } = read;
  return {
    title: sampleTitle(screen),
    shown: screen,
    status: problem?.status ?? 200,
    body: (
      <Generation
        screen={screen}
        problem={problem}
        colouring={parseColouring(request.url.searchParams)}
        isWriting={isWriting}
      >
        {shown !== undefined && <SampleView elements={shown} />}
      </Generation>
    ),
  };
}
