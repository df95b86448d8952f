/** C7: Told to stop, the app ends every run as cancelled, takes no new one, and is gone within 4 s. */
import assert from "node:assert/strict";
import { startApp } from "../../rig/app_process.ts";
import { GENERATE, runBody } from "../../rig/load.ts";
import { measured } from "../../rig/measured.ts";

const STREAMS = 20, GONE_MS = 4_000;

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`C7: ${signal} with 20 live streams, four of them waiting`, async () => {
    await using app = await startApp({ flags: { slots: STREAMS - 4 } });
    const answers = await Promise.all(
      Array.from(
        { length: STREAMS },
        (_, index) => app.call(GENERATE, { body: runBody({ tokens: 4_000 }), client: `client ${index}` }),
      ),
    );
    const texts = answers.map((answer) => answer.text());
    const startedMs = performance.now();
    const stopping = app.stop(signal);
    for (const text of texts) {
      const [last, ...before] = (await text).matchAll(/^event: (\w+)\ndata: (.*)$/gm).toArray().toReversed();
      assert.equal(last?.[1], "done");
      assert.match(before[0]?.[2] ?? "", /"type":"finish".*"reason":"cancelled"/);
    }
    const code = await stopping;
    const goneMs = Math.ceil(performance.now() - startedMs);
    assert.equal(code, 0);
    await assert.rejects(app.call("/api/health"));
    assert.ok(goneMs <= GONE_MS, `${goneMs} ms`);
    measured("C7", `${signal}: ${STREAMS} streams cancelled, exit code ${code} after ${goneMs} ms`);
  });
}
