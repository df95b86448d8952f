import { HttpError } from "fresh";
import { Head } from "fresh/runtime";
import { define } from "../../lib/server/define.ts";
import { PAGE_STRINGS } from "../../lib/ui/frame/page_strings.ts";
import { toldProblem } from "../../lib/server/told_problem.ts";
import { STRINGS } from "../../lib/ui/strings.ts";
import { visibleText } from "../../lib/lm/visible_text.ts";

/** Every page that fails, with its status, what happened, and a way on. */
export default define.page(function ErrorPage({ error, state, url }) {
  const status = error instanceof HttpError ? error.status : 500;
  const detail = error instanceof HttpError ? error.message : PAGE_STRINGS.unexpected;
  // A page can fail as late as in its views, so this is the one place that all failures come by.
  const fault = error instanceof HttpError ? error.cause ?? error : error;
  toldProblem(state, fault);
  return (
    <main id="main" class="flex flex-col gap-3 p-3 mid:p-5">
      <Head>
        <title>{status} · {PAGE_STRINGS.brand}</title>
      </Head>
      <h1 class="text-18 font-semibold">{status === 404 ? PAGE_STRINGS.notFound : PAGE_STRINGS.failedPage}</h1>
      <p class="max-w-[70ch] break-words">{visibleText(detail)}</p>
      <p class="break-words font-mono text-12 text-soft">
        {status >= 500 ? `${url.pathname} · ${STRINGS.errorId(state.requestId)}` : url.pathname}
      </p>
      {state.registry.modules.map((module) => (
        <section key={module.name} aria-label={visibleText(module.title)} class="flex flex-col gap-1.5 pt-2">
          <h2 class="break-words text-12 text-soft">{visibleText(module.title)}</h2>
          <ul class="flex flex-wrap gap-2">
            {module.components.map((component) => (
              <li key={component.name}>
                <a
                  href={`/${module.name}/${component.name}`}
                  class="inline-flex min-h-[32px] items-center rounded-md border border-line bg-panel px-2.5 py-1 hover:bg-sunk"
                >
                  {visibleText(component.title)}
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </main>
  );
});
