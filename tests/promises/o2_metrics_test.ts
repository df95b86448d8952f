/** O2: Metrics are numbers alone, at most 60 series, however many names the requests carry. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { rigApp, rigPath } from "../rig/rig_app.ts";

const SERIES_LIMIT = 60;
const LINE =
  /^(# TYPE [a-z_]+ (counter|gauge|histogram|summary)|[a-z_]+(\{(status|le|outcome)="[\w.+]+"\})? \d+(\.\d+)?(e[+-]?\d+)?)$/;

Deno.test("O2: 400 requests with names of their own leave the series as they were", async () => {
  const { fetch, post } = await rigApp();
  const series = async () => {
    const lines = (await (await fetch("/api/metrics")).text()).trimEnd().split("\n");
    for (const line of lines) assert.match(line, LINE);
    return lines.filter((line) => !line.startsWith("#")).map((line) => line.split(" ")[0] ?? "");
  };
  const load = async (round: number) => {
    for (let index = 0; index < 50; index++) {
      const name = `canary-${round}-${index}`;
      await (await fetch(`/${name}/${name}?${name}=1`)).text();
      await (await post(rigPath("generate"), { prompt: "canary ", params: { max_tokens: 1 } })).text();
      await (await post(rigPath("generate"), { [name]: 1 })).text();
      await (await post(rigPath("generate"), { generator: "failing", prompt: "a" })).text();
    }
  };
  await load(1);
  await series(); // An answer of its own is counted too.
  const before = await series();
  const text = await (await fetch("/api/metrics")).text();
  assert.match(text, /run_errors_total\{status="429"\} 0/);
  assert.match(text, /run_errors_total\{status="other"\} 50/, "each run of the generator that fails");
  await load(2);
  assert.deepEqual(await series(), before);
  assert.ok(before.length <= SERIES_LIMIT && !before.join().includes("canary"));
  measured("O2", `${before.length} series before and after 400 requests, limit ${SERIES_LIMIT}`);
});
