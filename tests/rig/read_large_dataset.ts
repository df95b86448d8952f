/**
 * Opens a large JSON Lines or CSV file in a process of its own, whose memory nothing else fills, and tells as JSON what it took.
 * Arguments: the file, the cache folder.
 */
import { parseCondition } from "../../lib/datasets/condition.ts";
import { csv } from "../../lib/datasets/csv.ts";
import { jsonl } from "../../lib/datasets/jsonl.ts";
import { queryRows } from "../../lib/datasets/query.ts";
import type { RowQuery } from "../../lib/datasets/row_query.ts";

export interface LargeDatasetReport {
  readonly size: number;
  readonly wasWritten: boolean;
  readonly peakMegabytes: number;
  readonly endMegabytes: number;
  /** Number and text of some rows. */
  readonly rows: readonly (readonly [number, string])[];
  readonly totals: Readonly<Record<string, number>>;
  readonly first: Readonly<Record<string, readonly number[]>>;
}

const READ_ROWS = 1_000, PRIME = 7_919;

export const LARGE_QUESTIONS: Readonly<Record<string, Omit<RowQuery, "offset" | "limit">>> = {
  search: { search: "STRAßE" },
  "search of other letters": { search: "σίσυφος" },
  filter: { filter: [{ field: "score", condition: parseCondition(">990") }] },
  order: {
    sort: { field: "score", descending: true },
    filter: [{ field: "category", condition: parseCondition("=B") }],
  },
};

if (import.meta.main) {
  const [path = "", cacheDir = ""] = Deno.args;
  const megabytes = () => Deno.memoryUsage().rss / 2 ** 20;
  const base = megabytes();
  let peak = base;
  setInterval(() => peak = Math.max(peak, megabytes()), 20);
  const source = path.endsWith(".csv") ? csv<object>(path) : jsonl<object>(path);
  const dataset = await source.open(new URL("file:///"), { cacheDir });
  const wasWritten = dataset.indexState?.().kind === "writing" && !await hasIndex(cacheDir);
  const rows: [number, string][] = [];
  for (let read = 0; read < READ_ROWS; read++) {
    const index = (read * PRIME) % dataset.size;
    rows.push([index, JSON.stringify(await dataset.row(index))]);
  }
  const totals: Record<string, number> = {}, first: Record<string, readonly number[]> = {};
  for (const [name, question] of Object.entries(LARGE_QUESTIONS)) {
    const found = await queryRows(dataset, { ...question, offset: 0, limit: 10 });
    totals[name] = found.total;
    first[name] = found.rows.map(({ index }) => index);
  }
  await dataset.statistics?.();
  const report: LargeDatasetReport = {
    size: dataset.size,
    wasWritten,
    peakMegabytes: peak - base,
    endMegabytes: megabytes() - base,
    rows,
    totals,
    first,
  };
  console.log(JSON.stringify(report));
  Deno.exit(0);
}

async function hasIndex(cacheDir: string): Promise<boolean> {
  const names = await Array.fromAsync(Deno.readDir(`${cacheDir}/index`)).catch(() => []);
  return names.some(({ name }) => name.endsWith(".duckdb"));
}
