/** P1: With the rights of `deno task start` every route, page and built-in action works, and nothing asks for more. */
import assert from "node:assert/strict";
import { buildPages } from "../rig/built_pages.ts";
import { startFakeOpenAi } from "../rig/fake_openai.ts";
import { type Access, allows, grantsOf, readAccesses } from "../rig/grants.ts";
import { measured } from "../rig/measured.ts";
import { startApp, taskRights } from "../rig/start_app.ts";
import { ELEMENT, walk, WALK_MODULES } from "../rig/walk.ts";

const ROOT = new URL("../../", import.meta.url);
const REFUSAL = /NotCapable|Requires \w+ access/;
/** Those that the example pages have at least. */
const ACTIONS = 20;
/** Paths that lead nowhere, which routes of their own answer. */
const NOWHERE = ["/no/such/page/here", "/api/nothing", "/v1/nothing"];
/**
 * What packages ask for, are refused, and go on without: headers that the environment would add to each request of the openai
 * package; and whether the system's C library is another one than usual, which DuckDB's package looks up.
 */
const NOT_GIVEN = ["env OPENAI_CUSTOM_HEADERS", "read /proc/self/exe", "read /usr/bin/ldd", "sys networkInterfaces"];

const LARGE = `
import { datasetView, defineModule, jsonl } from "visuallm";
const dataset = { all: jsonl("rows.jsonl") };
const tasks = { rows: { dataset, prompt: ({ text }) => text.slice(0, 9) } };
export default defineModule({ name: "large", tasks, components: [datasetView()] });
`;

Deno.test("P1: a walk through the example modules, with everything that Deno was asked for on record", async () => {
  await buildPages();
  const fake = startFakeOpenAi();
  const folder = await Deno.makeTempDir();
  const record = `${folder}/accesses.jsonl`;
  try {
    const app = await startApp({
      args: WALK_MODULES,
      env: { PORT: "0", VISUALLM_SERVE_API: "1", OPENAI_BASE_URL: fake.url("ok"), DENO_AUDIT_PERMISSIONS: record },
    });
    const visits = await walk(app.origin).finally(app.stop);
    const { code, stdout, stderr } = await app.stop();
    for (const { path, status, text } of visits) {
      assert.equal(status, NOWHERE.includes(path) ? 404 : 200, `${path}: ${text.slice(0, 300)}`);
      assert.doesNotMatch(text, REFUSAL, path);
      if (/^\/api\/.*\/(generate|chat)$/.test(path)) assert.match(text, /event: done\n/, path);
    }
    assert.equal(code, 0);
    assert.doesNotMatch(stdout + stderr, REFUSAL);
    await checkRefusals(record);
    const actions = visits.filter(({ route }) => route === ELEMENT).length;
    assert.ok(actions >= ACTIONS, `${actions} actions`);
    const routes = new Set(visits.map(({ route }) => route)).size;
    measured("P1", `${visits.length} requests to ${routes} routes, ${actions} of them actions, 0 refusals`);
  } finally {
    await fake.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("P1: a search of a file so large that it gets an index of DuckDB's", async () => {
  await buildPages();
  const folder = new URL(".cache/large/", ROOT);
  const record = new URL("accesses.jsonl", folder).pathname;
  await Deno.mkdir(folder, { recursive: true });
  try {
    const rows = Array.from({ length: 650 }, (_, row) => JSON.stringify({ n: row, text: `${row} `.repeat(30_000) }));
    await Deno.writeTextFile(new URL("rows.jsonl", folder), rows.join("\n"));
    await Deno.writeTextFile(new URL("mod.ts", folder), LARGE);
    const env = { PORT: "0", VISUALLM_CACHE: ".cache/large/cache", DENO_AUDIT_PERMISSIONS: record };
    const app = await startApp({ args: [".cache/large/mod.ts"], env });
    const found = await (await fetch(`${app.origin}/api/large/dataset/samples?q=641+641&limit=2`)).json();
    assert.deepEqual([found.total, found.indices], [1, [641]]);
    assert.doesNotMatch((await app.stop()).stderr, REFUSAL);
    const accesses = await checkRefusals(record);
    assert.ok(accesses.some(({ right, value }) => right === "ffi" && value.includes("duckdb")), "DuckDB was loaded");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Nothing was refused, also where whoever asked went on as if it had not. */
async function checkRefusals(record: string): Promise<readonly Access[]> {
  const grants = grantsOf(await taskRights("start"));
  const accesses = await readAccesses(record);
  const refused = accesses.filter((access) => !grants.some((grant) => allows(grant, access, ROOT.pathname)));
  assert.deepEqual(
    refused.map(({ right, value }) => `${right} ${value}`).filter((each) => !NOT_GIVEN.includes(each)),
    [],
  );
  return accesses;
}
