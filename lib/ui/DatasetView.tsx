import type { ComponentChildren } from "preact";
import { visibleLines } from "../lm/visible_text.ts";
import { cx } from "./cx.ts";
import { datasetHref, type OpenIn, rowFields, ROWS_A_PAGE, type RowsPage } from "./dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import type { GenerationScreen } from "./generation_screen.ts";
import { screenHref } from "./generation_screen.ts";
import { LinkButton } from "./LinkButton.tsx";
import { count } from "./number_format.ts";
import { Panel } from "./Panel.tsx";
import { FieldLegend, PromptText } from "./PromptText.tsx";
import { GENERATION_STRINGS } from "./generation_strings.ts";

interface DatasetViewProps {
  readonly screen: GenerationScreen;
  readonly row: unknown;
  readonly page: RowsPage;
  readonly openIn: readonly OpenIn[];
  /** The bar that chooses the sample. */
  readonly bar: ComponentChildren;
  /** Elements that show the sample. */
  readonly sample: ComponentChildren;
}

/** The dataset screen: one sample, what the task makes of it, and the rows around it. Complete without JavaScript. */
export function DatasetView({ screen, row, page, openIn, bar, sample }: DatasetViewProps) {
  return (
    <main id="main" class="flex min-w-0 max-w-[1200px] flex-col gap-4 p-3 pb-8 mid:px-5 mid:py-4">
      {bar}
      {openIn.length > 0 && (
        <p class="flex flex-wrap items-center gap-2 text-12 text-soft">
          {TEXT.openIn}
          {openIn.map(({ name, title }) => (
            <LinkButton key={name} href={screenHref({ ...screen, component: name })}>{title}</LinkButton>
          ))}
        </p>
      )}
      {sample}
      <Panel
        title={GENERATION_STRINGS.prompt}
        facts={GENERATION_STRINGS.promptFacts}
        actions={<FieldLegend prompt={screen.prompt} />}
      >
        <div class="max-h-[40vh] overflow-y-auto p-3">
          <PromptText prompt={screen.prompt} />
        </div>
      </Panel>
      {screen.target !== undefined && (
        <Panel title={GENERATION_STRINGS.target}>
          <p dir="auto" class="whitespace-pre-wrap break-words p-3 font-mono text-token">
            {visibleLines(screen.target)}
          </p>
        </Panel>
      )}
      <Panel title={TEXT.fields} facts={TEXT.fieldsFacts}>
        <dl class="grid gap-x-4 gap-y-2 p-3 sm:grid-cols-[max-content_minmax(0,1fr)]">
          {rowFields(row).map(([name, value]) => (
            <>
              <dt key={name} class="text-12 text-soft">{name}</dt>
              <dd key={`${name} value`} dir="auto" class="min-w-0 whitespace-pre-wrap break-words font-mono text-13">
                {visibleLines(value)}
              </dd>
            </>
          ))}
        </dl>
      </Panel>
      <RowsPanel screen={screen} page={page} />
    </main>
  );
}

function RowsPanel({ screen, page }: Pick<DatasetViewProps, "screen" | "page">) {
  const { query, total, rows } = page;
  const names = [...new Set(rows.flatMap(({ row }) => rowFields(row).map(([name]) => name)))];
  return (
    <Panel
      title={TEXT.rows}
      facts={query === "" ? TEXT.rowsFacts(count(total)) : TEXT.matchesFacts(count(total), count(screen.size))}
      actions={<SearchForm screen={screen} query={query} />}
    >
      {rows.length === 0
        ? <p class="p-3 text-soft" role="status">{TEXT.noMatch(query)}</p>
        : (
          <div class="overflow-x-auto" tabIndex={0} role="region" aria-label={TEXT.rowsTable}>
            <table class="text-13">
              <thead class="border-b border-line text-11 text-soft">
                <tr>
                  <th scope="col" class="px-3 py-1.5 text-right font-semibold">{TEXT.number}</th>
                  {names.map((name) => (
                    <th key={name} scope="col" class="px-2 py-1.5 text-left font-semibold">{name}</th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map(({ index, row }) => {
                  const fields = new Map(rowFields(row));
                  const isHere = index === screen.sample;
                  return (
                    <tr key={index} class={cx("border-b border-line align-top hover:bg-sunk", isHere && "bg-sunk")}>
                      <th scope="row" class="px-3 py-1.5 text-right font-mono font-normal tabular-nums">
                        <a
                          href={datasetHref(screen, page, index)}
                          aria-current={isHere ? "true" : undefined}
                          class={cx("text-accent underline", isHere && "font-bold")}
                        >
                          {index}
                        </a>
                      </th>
                      {names.map((name) => (
                        <td key={name} dir="auto" class="min-w-[120px] max-w-[360px] px-2 py-1.5">
                          <div class="max-h-[60px] overflow-hidden whitespace-pre-wrap break-words">
                            {visibleLines(fields.get(name) ?? "")}
                          </div>
                        </td>
                      ))}
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
        )}
      <Pager screen={screen} page={page} />
    </Panel>
  );
}

function SearchForm({ screen, query }: { readonly screen: GenerationScreen; readonly query: string }) {
  const here = new URLSearchParams(screenHref(screen).split("?")[1]);
  return (
    <form method="get" action={`/${screen.module}/${screen.component}`} role="search" class="flex gap-2">
      {[...here].map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
      <input
        type="search"
        name="q"
        value={query}
        aria-label={TEXT.search}
        placeholder={TEXT.searchHint}
        class="min-h-[32px] w-[180px] rounded-md border border-line bg-panel px-2 py-1"
      />
      <button type="submit" class="min-h-[32px] rounded-md border border-line bg-panel px-2.5 py-1 hover:bg-sunk">
        {TEXT.search}
      </button>
      {query !== "" && <LinkButton href={screenHref(screen)}>{TEXT.clear}</LinkButton>}
    </form>
  );
}

function Pager({ screen, page }: Pick<DatasetViewProps, "screen" | "page">) {
  const { query, offset, total, rows } = page;
  if (total <= ROWS_A_PAGE && offset === 0) return null;
  const to = (next: number) => datasetHref(screen, { query, offset: next });
  const last = offset + rows.length;
  return (
    <p class="flex items-center gap-2 p-3 text-soft tabular-nums">
      <LinkButton href={offset > 0 ? to(Math.max(0, offset - ROWS_A_PAGE)) : undefined} label={TEXT.earlier}>
        ←
      </LinkButton>
      {rows.length > 0 && TEXT.page(count(offset + 1), count(last))}
      <LinkButton href={last < total ? to(last) : undefined} label={TEXT.later}>→</LinkButton>
    </p>
  );
}
