/** M2: Developers' pages are bounded: 500 at once, 30 minutes unused, and 8 MB in each. */
import assert from "node:assert/strict";
import { button, columns, component, defineModule, text } from "../../lib/mod.ts";
import { Registry } from "../../lib/server/registry.ts";
import { createLog } from "../../lib/server/telemetry/log.ts";
import { Sessions } from "../../lib/server/sessions.ts";
import { measured } from "../rig/measured.ts";
import { rigApp } from "../rig/rig_app.ts";

const OPENED = 2_000, KEPT = 500, IDLE_MINUTES = 30, MEGABYTE = 1_000_000, FITTING = 8;

const pages = defineModule({
  name: "pages",
  title: "Pages",
  components: [
    component("Growing", () => {
      const told = text("", { name: "told" });
      const more = button("More", { name: "more", inputs: {} }, () => told.append("x".repeat(MEGABYTE)));
      const less = button("Less", { name: "less", inputs: {} }, () => told.set("little"));
      return [more, less, told];
    }),
    component("Adding", ({ page }) => [
      button("Add", { name: "add", inputs: {} }, () => {
        const inside = text("x".repeat(MEGABYTE));
        page.add(columns([inside]));
      }),
    ]),
    component("Huge", () => [text("x".repeat((FITTING + 1) * MEGABYTE))]),
  ],
});
const [growing] = pages.components;

Deno.test("M2: of 2,000 pages the 500 used last are kept", async () => {
  const app = await rigApp({ modules: [pages] });
  const read = async (query = "") => await app.fetch(`/api/pages/growing/elements${query}`);
  const [first, ...later] = [await (await read()).json()];
  assert.equal(later.length, 0);
  const ids: string[] = [];
  for (let opened = 1; opened < OPENED; opened++) {
    ids.push((await (await read()).json()).session);
    // The first page is in use all the time.
    if (opened % 100 === 0) assert.equal((await read(`?session=${first.session}`)).status, 200);
  }
  const statuses: number[] = [];
  for (const id of ids) statuses.push((await read(`?session=${id}`)).status);
  const gone = OPENED - KEPT;
  assert.deepEqual(statuses.map((status) => status === 200), ids.map((_, index) => index >= gone));
  assert.equal((await read(`?session=${first.session}`)).status, 200);
  assert.match(await (await app.fetch("/api/metrics")).text(), /^visuallm_sessions 500$/m);
  measured("M2", `${OPENED} pages opened, the ${KEPT} used last are kept`);
});

Deno.test("M2: a page that nobody used for 30 minutes goes, at the latest when the next one opens", async () => {
  let nowMs = 0;
  const registry = new Registry([], { rootUrl: new URL("file:///"), cacheDir: "" });
  const sessions = new Sessions({ registry, log: createLog("silent"), now: () => nowMs });
  assert.ok(growing?.kind === "elements");
  const owner = { module: pages, component: growing, client: "a" };
  const { id } = await sessions.open(owner);
  nowMs = IDLE_MINUTES * 60_000 - 1;
  await sessions.open(owner);
  assert.equal(sessions.size, 2);
  nowMs = IDLE_MINUTES * 60_000;
  await sessions.open(owner);
  assert.deepEqual([sessions.size, sessions.find(owner, id)], [2, undefined]);
});

Deno.test("M2: a page takes 8 MB; what it is given beyond is refused with 413, and it stays as it was", async () => {
  const app = await rigApp({ modules: [pages] });
  const { session } = await (await app.fetch("/api/pages/growing/elements")).json();
  const click = async (name: string) =>
    await (await app.post(`/api/pages/growing/elements/${name}`, { session, inputs: {} })).text();
  const held = async () =>
    (await (await app.fetch(`/api/pages/growing/elements?session=${session}`)).json()).elements.told.text.length;
  for (let megabytes = 1; megabytes <= FITTING; megabytes++) assert.match(await click("more"), /"status":"done"/);
  const refused = await click("more");
  assert.match(
    refused,
    /"status":"failed".*"status":413,"detail":"Cannot change \\"told\\": the page would hold 9\d{6} bytes/,
  );
  assert.equal(await held(), FITTING * MEGABYTE);
  assert.match(await click("less"), /"status":"done"/);
  assert.match(await click("more"), /"status":"done"/);
  const huge = await app.fetch("/api/pages/huge/elements");
  assert.equal(huge.status, 413);
  assert.match((await huge.json()).detail, /page "Huge": it would hold 9\d{6} bytes, and may hold 8388608/);
  measured("M2", `${FITTING} MB of a page are taken, the next is refused with 413`);
});

Deno.test("M2: elements that an action adds count as those that were there", async () => {
  const app = await rigApp({ modules: [pages] });
  const read = async (query = "") => await (await app.fetch(`/api/pages/adding/elements${query}`)).json();
  const { session } = await read();
  const add = async () => await (await app.post("/api/pages/adding/elements/add", { session, inputs: {} })).text();
  for (let megabytes = 1; megabytes <= FITTING; megabytes++) assert.match(await add(), /"status":"done"/);
  assert.match(await add(), /"status":413,"detail":"Cannot change \\"page\\": the page would hold 9\d{6} bytes/);
  assert.equal((await read(`?session=${session}`)).elements.page.children.length, 1 + FITTING);
});
