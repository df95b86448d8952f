/**
 * A million rows, one gigabyte of JSON Lines. Bars: opened in ≤ 15 s, a row p99 ≤ 20 ms, the first page ≤ 100 ms, memory
 * ≤ 300 MB over the base.
 */
import { jsonl } from "../lib/datasets/jsonl.ts";
import { queryRows } from "../lib/datasets/query.ts";

const ROWS = 1_000_000, ROW_CHARACTERS = 1_000, READS = 2_000;
const path = await Deno.makeTempFile({ suffix: ".jsonl" });
const megabytes = () => Deno.memoryUsage().rss / 2 ** 20;

try {
  await write(path);
  const baseMegabytes = megabytes();
  let startedMs = performance.now();
  const dataset = await jsonl<{ id: number; text: string }>(path).open(new URL("file:///"));
  console.log(`opened ${dataset.size} rows in ${((performance.now() - startedMs) / 1000).toFixed(1)} s (bar 15 s)`);
  startedMs = performance.now();
  await queryRows(dataset, { offset: 0, limit: 20 });
  console.log(`first page in ${(performance.now() - startedMs).toFixed(1)} ms (bar 100)`);
  const times: number[] = [];
  for (let read = 0; read < READS; read++) {
    startedMs = performance.now();
    const index = (read * 7919) % ROWS;
    if ((await dataset.row(index)).id !== index) throw new Error(`row ${index} is another one`);
    times.push(performance.now() - startedMs);
  }
  times.sort((a, b) => a - b);
  console.log(`a row: p50 ${at(times, 0.5)} ms, p99 ${at(times, 0.99)} ms (bar 20)`);
  console.log(`memory: ${Math.round(megabytes() - baseMegabytes)} MB over the base (bar 300)`);
} finally {
  await Deno.remove(path);
}

async function write(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true });
  const writer = file.writable.getWriter();
  const encoder = new TextEncoder();
  const filling = "word ".repeat(ROW_CHARACTERS / 5 - 5);
  for (let from = 0; from < ROWS; from += 10_000) {
    const lines = Array.from({ length: 10_000 }, (_, row) => `{"id":${from + row},"text":"${filling}"}\n`);
    await writer.write(encoder.encode(lines.join("")));
  }
  writer.releaseLock();
}

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.floor(share * sorted.length)] ?? NaN).toFixed(2);
}

Deno.bench("reading a row", () => {});
