/** Sources of a developer's that never come to an end: whoever asks is answered, and may try again. */
import assert from "node:assert/strict";
import type { Dataset, DatasetSource } from "../../lib/datasets/dataset.ts";
import type { FoundRow } from "../../lib/datasets/row_query.ts";
import { datasetView, defineModule, generation } from "../../lib/mod.ts";
import { Registry } from "../../lib/server/registry.ts";
import { Traffic } from "../../lib/server/admission/traffic.ts";
import { FakeClock, settled } from "../rig/fake_clock.ts";
import { readProblem } from "../rig/read_events.ts";
import { type RigApp, rigApp } from "../rig/rig_app.ts";
import { rigModule } from "../rig/rig_module.ts";
import { until } from "../rig/until.ts";

const SECOND = 1_000, MINUTE = 60 * SECOND;
const table = rigModule.generators.table ?? assert.fail();
const never = () => new Promise<never>(() => {});

function moduleOf(source: Partial<DatasetSource<unknown>>) {
  const whole = { label: "late", open: never, ...source };
  return defineModule({
    name: "late",
    generators: { table },
    tasks: { rows: { dataset: { all: whole }, prompt: () => "a" } },
    components: [generation(), datasetView()],
  });
}

function datasetOf(parts: Partial<Dataset<unknown>>): DatasetSource<unknown> {
  return { label: "late", open: () => Promise.resolve({ size: 3, problems: [], row: (n) => ({ n }), ...parts }) };
}

/** An answer, once the clock has gone on for exactly so long after `isAsked`. */
async function answerAfter(ms: number, clock: FakeClock, ask: () => Promise<Response>, isAsked: () => boolean) {
  let isOver = false;
  const answer = ask().finally(() => isOver = true);
  await until("the source is asked", () => isOver || (isAsked() && clock.timers > 0));
  await clock.pass(ms - 1);
  for (let turn = 0; turn < 10; turn++) await settled();
  assert.equal(isOver, false, `answered before ${ms} ms`);
  await clock.pass(1);
  return await answer;
}

const CALLS: readonly ((rig: RigApp) => Promise<Response>)[] = [
  ({ fetch }) => fetch("/api/late/dataset/samples"),
  ({ post }) => post("/api/late/generation/generate", {}),
  ({ post }) => post("/api/late/generation/score", {}),
  ({ post }) => post("/api/late/generation/next_token", {}),
];

Deno.test("a split that is never opened: calls are told to ask again, and after 10 silent minutes it is tried anew", async () => {
  const clock = new FakeClock();
  const openings: PromiseWithResolvers<Dataset<unknown>>[] = [];
  let tell: (bytes: number) => void = () => {};
  const module = moduleOf({
    open: (_, context) => {
      const opening = Promise.withResolvers<Dataset<unknown>>();
      openings.push(opening);
      tell = (bytes) => context?.onProgress?.({ bytes, of: 100 });
      return opening.promise;
    },
  });
  const rig = await rigApp({ modules: [module], traffic: { clock } });
  const state = async () => await (await rig.fetch("/api/late/generation/split")).json();
  for (const call of CALLS) {
    const answer = await answerAfter(30 * SECOND, clock, () => call(rig), () => clock.timers === 2);
    assert.equal(answer.headers.get("retry-after"), "10");
    const { status, detail } = await readProblem(answer);
    assert.equal(status, 503);
    assert.match(detail, /split "all" of task "rows" yet: it is still being opened after 30 s, ask again later/);
  }
  const page = await rig.fetch("/late/dataset");
  assert.equal(page.status, 200);
  assert.match(await page.text(), /It is being opened/);
  assert.equal(openings.length, 1, "all wait for one");

  await clock.pass(7 * MINUTE);
  tell(40);
  await clock.pass(10 * MINUTE - 1);
  assert.deepEqual(
    await state(),
    { state: "loading", progress: { bytes: 40, of: 100 } },
    "what tells of itself goes on",
  );
  await clock.pass(1);
  assert.deepEqual(await state(), { state: "failed", detail: "nothing came of it for 10 minutes" });

  // The next who asks tries again; what the first gives after all is closed, and says nothing of the second.
  let closed = 0;
  const close = () => (closed++, Promise.resolve());
  const given: Dataset<unknown> = { size: 1, problems: [], row: () => ({ n: 1 }), close };
  const tellFirst = tell;
  const again = rig.fetch("/api/late/dataset/samples");
  await until("it is tried again", () => openings.length === 2);
  tellFirst(99);
  assert.deepEqual(await state(), { state: "loading", failed_before: "nothing came of it for 10 minutes" });
  openings[0]?.resolve(given);
  await until("what came too late is closed", () => closed === 1);
  openings[1]?.resolve(given);
  assert.equal((await again).status, 200);
  assert.deepEqual(await state(), { state: "ready" });
  await rig.registry.close();
  assert.deepEqual([closed, clock.timers], [2, 0]);
});

Deno.test("a row that never comes: a table shows it in its place, a search and the facets end with its problem", async () => {
  const clock = new FakeClock();
  let asked = 0;
  const row = (n: number) => n === 1 ? (asked++, never()) : { n };
  const rig = await rigApp({ modules: [moduleOf(datasetOf({ row }))], traffic: { clock } });
  const ask = async (path: string) => {
    const before = asked;
    return await answerAfter(30 * SECOND, clock, () => rig.fetch(path), () => asked > before);
  };
  const LATE_ROW = 'Cannot read sample 1 of split "all": it did not come within 30 s';
  const LATE_SEARCH = 'Cannot read split "all": its next rows did not come within 30 s';

  const { rows, faults } = await (await ask("/api/late/dataset/samples")).json();
  assert.deepEqual([rows, faults], [[{ n: 0 }, { n: 2 }], [{ index: 1, fault: LATE_ROW }]]);
  const { status, detail } = await readProblem(await ask("/api/late/dataset/samples?q=2"));
  assert.deepEqual([status, detail], [504, LATE_SEARCH]);

  const searched = await ask("/late/dataset?q=2");
  assert.equal(searched.status, 504);
  assert.match(await searched.text(), /its next rows did not come within 30 s/);
  assert.equal(clock.timers, 0);
});

Deno.test("a row that never comes ends the facets of its split, and the page shows its rows", async () => {
  const clock = new FakeClock();
  let asked = 0;
  // The table shows 20 rows, so that only the facets ask for this one.
  const row = (n: number) => n === 30 ? (asked++, never()) : { n };
  const rig = await rigApp({ modules: [moduleOf(datasetOf({ size: 40, row }))], traffic: { clock } });
  const page = await answerAfter(30 * SECOND, clock, () => rig.fetch("/late/dataset?statistics=1"), () => asked > 0);
  const text = await page.text();
  assert.equal(page.status, 504);
  assert.match(text, /Cannot read sample 30 of split &quot;all&quot;: it did not come within 30 s/);
  assert.match(text, /sample=19/, "the rows are there");
});

Deno.test("an engine of a split's own that never answers is left after 10 minutes, once its index is there", async () => {
  const clock = new FakeClock();
  let asked = 0, isWriting = true;
  const query = () => (asked++, never());
  const indexState = () => isWriting ? { kind: "writing", rows: 0, of: 1 } as const : { kind: "ready" } as const;
  const rig = await rigApp({ modules: [moduleOf(datasetOf({ query, indexState }))], traffic: { clock } });
  const search = () => rig.fetch("/api/late/dataset/samples?q=2");
  const first = search();
  await until("it is asked", () => asked === 1 && clock.timers === 1);
  await clock.pass(25 * MINUTE);
  assert.equal(clock.timers, 1, "while its index is written it is waited for");
  isWriting = false;
  await clock.pass(10 * MINUTE);
  assert.equal((await first).status, 504);
  const { status, detail } = await readProblem(await answerAfter(10 * MINUTE, clock, search, () => asked === 2));
  assert.deepEqual([status, detail], [504, 'Cannot search split "all": its engine did not answer within 600 s']);
  assert.equal(clock.timers, 0);
});

Deno.test("a look at a source that never ends lets the app start after 30 s, and says so", async () => {
  const clock = new FakeClock(), source = { ...datasetOf({}), check: never };
  const files = [{ module: moduleOf(source), file: "late/mod.ts", url: new URL("file:///late/") }];
  const rootUrl = new URL("file:///");
  const registry = new Registry(files, { rootUrl, cacheDir: ".tmp", traffic: new Traffic({ clock }) });
  const checked = registry.check();
  await until("it looks", () => clock.timers > 0);
  await clock.pass(30 * SECOND);
  await checked;
  const { reasons } = registry.ready();
  assert.deepEqual(reasons, [
    "split late/rows/all: Cannot tell whether it can be opened: its check did not end within 30 s",
  ]);
  assert.equal(
    (await registry.dataset("late", "rows", "all")).size,
    3,
    "it is opened all the same when it is asked for",
  );
});

Deno.test("a scan that is written by hand ends as it stands, also where its end is no promise", async () => {
  let ends = 0;
  const scan = () => {
    let at = 0;
    const next = () => Promise.resolve(at < 3 ? { value: [{ index: at, row: { n: at++ } }] } : { done: true });
    // As JavaScript would write it.
    const iterator = { next, return: () => void ends++ } as unknown as AsyncIterator<readonly FoundRow[]>;
    return { [Symbol.asyncIterator]: () => iterator };
  };
  const { fetch } = await rigApp({ modules: [moduleOf(datasetOf({ scan }))] });
  const { indices } = await (await fetch("/api/late/dataset/samples?q=2")).json();
  assert.deepEqual([indices, ends], [[2], 1]);
});
