import NextToken from "../../../../islands/NextToken.tsx";
import SampleView from "../../../../islands/SampleView.tsx";
import type { Problem } from "../../../../lib/lm/event.ts";
import type { NextToken as Next } from "../../../../lib/lm/next.ts";
import type { TokenId } from "../../../../lib/lm/token.ts";
import { readNext } from "../../../../lib/server/generation.ts";
import { within } from "../../../../lib/server/admission/within.ts";
import { toldProblem } from "../../../../lib/server/told_problem.ts";
import { type GenerationScreen, paramsToWire, promptSource } from "../../../../lib/ui/address/generation_screen.ts";
import {
  nextHref,
  type NextView,
  PAGE_SIZE,
  parseNumbers,
  parsePath,
  parseView,
} from "../../../../lib/ui/address/next_token_screen.ts";
import { readPromptScreen } from "./own_prompt.ts";
import { badQuery, sampleTitle, type Screen, type ScreenRequest } from "./screen.ts";

/** How long a page waits for a model that loads, or a server that is silent, before it comes without an answer: in all. */
const PATIENCE_MS = 5_000;

/**
 * The distribution is part of the page, so that it works as plain links; a failure to get it leaves the rest. One that
 * takes long is asked for by the page itself.
 */
export async function openNextToken(request: ScreenRequest): Promise<Screen | Response> {
  const { clock } = request.state.registry.traffic, untilMs = clock.now() + PATIENCE_MS;
  const read = await readPromptScreen(request);
  if (read instanceof Response) return read;
  const { screen: found, shown: sample, isWriting, problem: badParams } = read;
  const query = request.url.searchParams;
  const screen = { ...found, numbers: parseNumbers(query) };
  const { path, problem: badPath } = pathOf(query.get("path"));
  const append = query.get("append") ?? "";
  const view = parseView(query);
  const asked = distribution(request, screen, path, { append, ...view });
  // Subtle: the prompt's text may have been waited for already.
  const leftMs = Math.max(0, untilMs - clock.now());
  const { next, problem } = append === "" ? await within(leftMs, asked, clock) ?? {} : await asked;
  if (append !== "" && next !== undefined) {
    const location = nextHref(screen, next.path.map(({ id }) => id));
    return new Response(null, { status: 303, headers: { location } });
  }
  const shown = badParams ?? badPath ?? problem;
  return {
    title: sampleTitle(screen),
    shown: screen,
    status: shown?.status ?? 200,
    body: (
      <NextToken screen={screen} path={path} view={view} next={next} problem={shown} isWriting={isWriting}>
        {sample !== undefined && <SampleView elements={sample} />}
      </NextToken>
    ),
  };
}

function pathOf(text: string | null): { readonly path: readonly TokenId[]; readonly problem?: Problem } {
  try {
    return { path: parsePath(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { path: [], problem: badQuery(error.message, "path") };
  }
}

async function distribution(
  request: ScreenRequest,
  screen: GenerationScreen,
  path: readonly TokenId[],
  { append, find, from }: Pick<NextView, "find" | "from"> & { readonly append: string },
): Promise<{ readonly next?: Next; readonly problem?: Problem }> {
  const { state, path: place } = request;
  const body = {
    ...promptSource(screen),
    params: paramsToWire(screen.params),
    path: [...path],
    first_sequence: 0,
    append,
    ...(find === "" ? {} : { find }),
    offset: from,
    limit: PAGE_SIZE,
    prompt_tokens: true,
  };
  const signal = AbortSignal.any([request.signal, state.shutdown]);
  try {
    return { next: await readNext({ state, params: place }, body, signal) };
  } catch (error) {
    if (request.signal.aborted) return {}; // Nobody is there to be told.
    const problem = toldProblem(state, error);
    // What cannot be looked for takes nothing from the list.
    const without = problem.field === "find"
      ? await distribution(request, screen, path, { append, from, find: "" })
      : {};
    return { ...without, problem };
  }
}
