import { visibleText } from "../lm/visible_text.ts";
import { datasetHref, type FieldFigures, type RowsPage } from "./dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import type { GenerationScreen } from "./generation_screen.ts";
import { count, decimal } from "./number_format.ts";
import { Panel } from "./Panel.tsx";

interface StatisticsPanelProps {
  readonly screen: GenerationScreen;
  readonly page: RowsPage;
  readonly statistics: { readonly rows: number; readonly fields: readonly FieldFigures[] };
}

/** What each field's values are like; a frequent value leads to its rows. */
export function StatisticsPanel({ screen, page, statistics: { rows, fields } }: StatisticsPanelProps) {
  return (
    <Panel
      title={TEXT.statistics}
      facts={rows < screen.size ? TEXT.someRows(count(rows), count(screen.size)) : TEXT.rowsFacts(count(rows))}
    >
      <div class="grid gap-x-6 gap-y-4 p-3 sm:grid-cols-2">
        {fields.map((figures) => (
          <section key={figures.field} aria-label={visibleText(figures.field)} class="min-w-0 text-12 text-soft">
            <h3 class="font-semibold text-ink">{visibleText(figures.field)}</h3>
            <p class="tabular-nums">{facts(figures, rows)}</p>
            {figures.numbers === undefined ? null : <Histogram {...figures.numbers} />}
            {figures.numbers === undefined && figures.top.length > 0 && (
              <ul class="flex flex-col pt-1">
                {figures.top.map(({ text, count: times }) => (
                  <li key={text} class="flex items-baseline gap-2 tabular-nums">
                    <a
                      class="min-w-0 truncate text-accent underline"
                      href={datasetHref(screen, {
                        ...page,
                        wish: { ...page.wish, filter: { ...page.wish.filter, [figures.field]: `=${text}` } },
                        offset: 0,
                      })}
                    >
                      {text === "" ? TEXT.emptyText : visibleText(text)}
                    </a>
                    <span class="ml-auto">{count(times)}</span>
                    <Bar share={times / rows} />
                  </li>
                ))}
              </ul>
            )}
          </section>
        ))}
      </div>
    </Panel>
  );
}

function facts({ present, distinct, numbers, length }: FieldFigures, rows: number): string {
  return [
    present < rows ? TEXT.missing(count(rows - present)) : undefined,
    distinct === undefined ? TEXT.manyValues : TEXT.values(count(distinct)),
    numbers === undefined
      ? TEXT.lengths(count(length.min), count(length.max), decimal(length.mean))
      : TEXT.numbers(decimal(numbers.min), decimal(numbers.max), decimal(numbers.mean)),
  ].filter((fact) => fact !== undefined).join(" · ");
}

const WIDTH = 200, HEIGHT = 32, SHARE_WIDTH = 60;

function Histogram({ min, max, bins }: NonNullable<FieldFigures["numbers"]>) {
  const most = Math.max(...bins, 1), width = WIDTH / bins.length;
  const label = bins.map((times, bin) => `${decimal(min + (max - min) * bin / bins.length)}: ${count(times)}`).join(
    ", ",
  );
  return (
    <svg width={WIDTH} height={HEIGHT} role="img" aria-label={label} class="mt-1 block">
      {bins.map((times, bin) => {
        const height = times === 0 ? 0 : Math.max(1, times / most * HEIGHT);
        return (
          <rect
            key={bin}
            x={bin * width}
            y={HEIGHT - height}
            width={width - 1}
            height={height}
            class="fill-accent"
          />
        );
      })}
    </svg>
  );
}

function Bar({ share }: { readonly share: number }) {
  return (
    <svg width={SHARE_WIDTH} height="6" aria-hidden="true" class="flex-none">
      <rect width={Math.max(1, share * SHARE_WIDTH)} height="6" rx="2" class="fill-accent" />
    </svg>
  );
}
