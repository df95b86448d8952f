import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { define } from "../../../lib/server/define.ts";
import { findComponent } from "../../../lib/server/place.ts";
import { ProblemError } from "../../../lib/server/problem.ts";
import { otherScreenHref } from "../../../lib/ui/address/other_screen.ts";
import { PAGE_STRINGS } from "../../../lib/ui/frame/page_strings.ts";
import { openChat } from "./(_screens)/chat.tsx";
import { openDataset } from "./(_screens)/dataset.tsx";
import { openElements } from "./(_screens)/elements.tsx";
import { openGeneration } from "./(_screens)/generation.tsx";
import { openNextToken } from "./(_screens)/next_token.tsx";
import { unlessOpening } from "./(_screens)/opening.tsx";
import { toOtherTask } from "./(_screens)/other_task.ts";
import type { Screen, ScreenRequest } from "./(_screens)/screen.ts";

export const handler = define.handlers({
  async GET({ state, params: path, url, req }) {
    const made = new AbortController(), signal = AbortSignal.any([req.signal, made.signal]);
    const screen = await open({ state, path, url, signal }).catch(fail).finally(() => made.abort());
    if (screen instanceof Response) return screen;
    const { shown, status } = screen;
    // What is wrong with an address is not taken along.
    if (shown !== undefined && status === 200) state.hrefOf = (other) => otherScreenHref(shown, other);
    return page(screen, { status });
  },
});

export default define.page<typeof handler>(function ComponentPage({ data: { title, body } }) {
  return (
    <>
      <Head>
        <title>{`${title} · ${PAGE_STRINGS.brand}`}</title>
      </Head>
      {body}
    </>
  );
});

async function open(request: ScreenRequest): Promise<Screen | Response> {
  const { module, component } = findComponent(request.state.registry, request.path);
  switch (component.kind) {
    case "dataset":
      return await toOtherTask(request) ?? await unlessOpening(request, openDataset(request, module));
    case "generation":
      return await toOtherTask(request) ?? await unlessOpening(request, openGeneration(request));
    case "next_token":
      return await toOtherTask(request) ?? await unlessOpening(request, openNextToken(request));
    case "chat":
      return openChat(request, module, component);
    case "elements":
      return await openElements(request, module, component);
  }
}

/** Pages tell of a problem through `_error.tsx`, which knows Fresh's errors. */
function fail(error: unknown): never {
  throw error instanceof ProblemError ? new HttpError(error.status, error.detail, { cause: error }) : error;
}
