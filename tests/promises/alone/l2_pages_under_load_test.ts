/** L2: While 50 streams run, a page comes in at most 150 ms, 99 times of 100. */
import assert from "node:assert/strict";
import { startApp } from "../../rig/app_process.ts";
import { quantile, readRuns } from "../../rig/load.ts";
import { measured } from "../../rig/measured.ts";
import { timed } from "../../rig/quiet.ts";

const STREAMS = 50, TOKENS = 100, PAGES = 100;
const PAGE_MS = 150;

Deno.test("L2: 100 pages in turn beside 50 streams of 20 tokens a second", async () => {
  await using app = await startApp({ flags: { slots: STREAMS } });
  await readPage(); // The first page compiles what it needs.
  async function readPage(): Promise<number> {
    const startedMs = performance.now();
    const response = await app.call("/slow/generation");
    assert.match(await response.text(), /<\/html>/);
    assert.equal(response.status, 200);
    return performance.now() - startedMs;
  }
  const measure = async () => {
    const running = readRuns(app, STREAMS, { tokens: TOKENS });
    const pagesMs: number[] = [];
    while (pagesMs.length < PAGES) pagesMs.push(await readPage());
    for (const { positions } of await running) assert.equal(positions.length, TOKENS);
    return Math.ceil(quantile(pagesMs, 0.99));
  };
  const { value, note } = await timed([app.pid], measure, (pageMs) => assert.ok(pageMs <= PAGE_MS, `${pageMs} ms`));
  measured("L2", `${PAGES} pages beside ${STREAMS} streams, p99 ${value} ms${note}`);
});
