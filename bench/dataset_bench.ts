/**
 * A million rows, one gigabyte of JSON Lines: opened, read at random, searched, and shown over HTTP. `--rows 100000` for
 * less. `deno task bench:dataset` gives memory back as the app does, which without its flags keeps some 80 MB more. A
 * second column of seconds tells the processor's time, as other work on the machine lengthens the clock's alone.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { parseCondition } from "../lib/datasets/condition.ts";
import type { Dataset } from "../lib/datasets/dataset.ts";
import { jsonl } from "../lib/datasets/jsonl.ts";
import { queryRows, scanIndices } from "../lib/datasets/query.ts";
import type { RowQuery } from "../lib/datasets/row_query.ts";
import { datasetView, defineModule } from "../lib/mod.ts";
import { rigApp } from "../tests/rig/rig_app.ts";
import { atMost, type Row, rowsTable } from "./gate.ts";
import { figure, quantile } from "./statistics.ts";
import { writeRows } from "../tests/rig/dataset_rows.ts";

const READS = 2_000, PAGES = 50;
/** What is asked of the rows; each is asked of the index and by looking at each row. */
const QUESTIONS: Readonly<Record<string, Omit<RowQuery, "offset" | "limit">>> = {
  search: { search: "dwj" },
  "order by number": { sort: { field: "score", descending: true } },
  "order by text": { sort: { field: "text", descending: false } },
  filter: { filter: [{ field: "score", condition: parseCondition(">990") }] },
  "filter by text": { filter: [{ field: "text", condition: parseCondition("!the") }] },
};
const firstPage = { offset: 0, limit: 20 };
const BASE = new URL("file:///");

const { values: { rows: wanted } } = parseArgs({ args: Deno.args, options: { rows: { type: "string" } } });
const count = Number(wanted ?? 1_000_000);
const folder = await Deno.makeTempDir({ prefix: "dataset-bench-" });
const path = `${folder}/rows.jsonl`, context = { cacheDir: `${folder}/cache` };
const megabytes = () => Deno.memoryUsage().rss / 2 ** 20;
const report: Row[] = [];

try {
  await writeRows(path, count);
  const base = megabytes();
  let peak = base;
  const watch = setInterval(() => peak = Math.max(peak, megabytes()), 100);
  const [first] = await timed("first opening, until rows are read", 15, () => jsonl<object>(path).open(BASE, context));
  report.push({ what: "memory over the base", values: [megabytes() - base], unit: "MB", bound: atMost(300) });
  await timed("the same, until it is searched by its index", 15, () => queryRows(first, { ...firstPage, search: "-" }));
  report.push({ what: "memory, most of it", values: [peak - base], unit: "MB" });
  await first.close?.();
  const [dataset] = await timed("opening again", 1, async () => {
    const again = await jsonl<object>(path).open(BASE, context);
    await queryRows(again, { ...firstPage, filter: [{ field: "id", condition: parseCondition("=1") }] });
    return again;
  });
  await readRows(dataset);
  for (const [name, question] of Object.entries(QUESTIONS)) {
    await timed(name, undefined, () => queryRows(dataset, { ...firstPage, ...question }));
  }
  await timed("statistics of all rows", undefined, async () => await dataset.statistics?.());
  report.push({ what: "memory after all that", values: [megabytes() - base], unit: "MB", bound: atMost(300) });
  await pages(dataset);
  clearInterval(watch);
  await timed("search row by row", undefined, () => scanIndices(dataset, { ...firstPage, search: "dwj" }));
  console.log(rowsTable(report));
  await dataset.close?.();
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function timed<Result>(what: string, gate: number | undefined, run: () => Promise<Result>): Promise<[Result]> {
  const startedMs = performance.now(), usage = process.cpuUsage();
  const result = await run();
  const seconds = (performance.now() - startedMs) / 1000, { user, system } = process.cpuUsage(usage);
  const bound = gate === undefined ? {} : { bound: atMost(gate) };
  console.error(`${what}: ${figure(seconds)} s`);
  report.push({
    what: `${what} (${figure((user + system) / 1e6)} s of a core)`,
    values: [seconds],
    unit: "s",
    ...bound,
  });
  return [result];
}

async function readRows(dataset: Dataset<object>): Promise<void> {
  const times: number[] = [];
  for (let read = 0; read < READS; read++) {
    const index = (read * 7919) % count, startedMs = performance.now();
    const row = await dataset.row(index);
    times.push(performance.now() - startedMs);
    if (!("id" in row) || row.id !== index) throw new Error(`row ${index} is another one`);
  }
  report.push({ what: "a row, p50", values: [quantile(times, 0.5)], unit: "ms" });
  report.push({ what: "a row, p99", values: [quantile(times, 0.99)], unit: "ms", bound: atMost(20) });
}

async function pages(dataset: Dataset<object>): Promise<void> {
  const task = { dataset: { all: { label: "rows", open: () => Promise.resolve(dataset) } }, prompt: () => "prompt" };
  const module = defineModule({ name: "million", tasks: { rows: task }, components: [datasetView()] });
  const app = await rigApp({ modules: [module] });
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, app.handler);
  app.access.port = server.addr.port;
  const times: number[] = [];
  for (let page = 0; page < PAGES; page++) {
    const startedMs = performance.now();
    const answer = await fetch(`http://127.0.0.1:${server.addr.port}/million/dataset`);
    if (answer.status !== 200 || (await answer.text()).length < 1_000) throw new Error(`the page is ${answer.status}`);
    times.push(performance.now() - startedMs);
  }
  await server.shutdown();
  report.push({ what: "the first page over HTTP, the first time", values: times.slice(0, 1), unit: "ms" });
  report.push({
    what: "the first page over HTTP, p50",
    values: [quantile(times, 0.5)],
    unit: "ms",
    bound: atMost(100),
  });
}
