/** In place of a screen whose split is still being opened: how much of it has come. */
import SplitWatch from "../../../../islands/SplitWatch.tsx";
import { visibleText } from "../../../../lib/lm/visible_text.ts";
import { within } from "../../../../lib/server/admission/within.ts";
import { namesFromQuery, resolvePlace } from "../../../../lib/server/place.ts";
import { Panel } from "../../../../lib/ui/Panel.tsx";
import { SPLIT_STRINGS } from "../../../../lib/ui/dataset/split_strings.ts";
import type { Screen, ScreenRequest } from "./screen.ts";

/** How long a page waits for its split, before it tells how far that is. */
const PATIENCE_MS = 1_000;

/** A screen as it comes, or, while its split is still being opened, how far that is: the screen comes with the next look. */
export async function unlessOpening(request: ScreenRequest, screen: Promise<Screen | Response>) {
  const { state: { registry }, path, url } = request;
  const shown = await within(PATIENCE_MS, screen);
  if (shown !== undefined) return shown;
  const { module, component, taskName, split } = resolvePlace(registry, path, namesFromQuery(url.searchParams));
  const state = registry.splitState(module.name, taskName, split);
  if (state.state !== "loading") return await screen;
  screen.catch(() => {}); // Whoever looks next is told.
  const title = visibleText(component.title), query = new URLSearchParams({ task: taskName, split });
  return {
    title,
    status: 200,
    body: (
      <main id="main" class="flex min-w-0 max-w-[1200px] flex-col gap-4 p-3 pb-8 mid:px-5 mid:py-4">
        <h1 class="text-18 font-semibold tracking-tight">{title}</h1>
        <Panel title={SPLIT_STRINGS.title(visibleText(split))}>
          <SplitWatch
            address={`/api/${module.name}/${component.name}/split?${query}`}
            here={`${url.pathname}${url.search}`}
            state={state}
          />
        </Panel>
      </main>
    ),
  };
}
