/** P1: With the rights of `deno task start` every route, page and built-in action works, and nothing asks for more. */
import assert from "node:assert/strict";
import { startFakeOpenAi } from "../rig/fake_openai.ts";
import { allows, grantsOf, readAccesses } from "../rig/grants.ts";
import { measured } from "../rig/measured.ts";
import { buildPages, startApp, taskFlags } from "../rig/start_app.ts";
import { walk, WALK_MODULES } from "../rig/walk.ts";

const ROOT = new URL("../../", import.meta.url);
const REFUSAL = /NotCapable|Requires \w+ access/;
/** Paths that lead nowhere, which routes of their own answer. */
const NOWHERE = ["/no/such/page/here", "/api/nothing", "/v1/nothing"];
/** What a package asks for, and goes on without: headers that the environment would add to each request. */
const NOT_GIVEN = ["OPENAI_CUSTOM_HEADERS"];

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
    const grants = grantsOf(await taskFlags("start"));
    const accesses = await readAccesses(record);
    const refused = accesses.filter((access) => !grants.some((grant) => allows(grant, access, ROOT.pathname)));
    assert.deepEqual(refused, NOT_GIVEN.map((value) => ({ right: "env", value })));
    measured("P1", `${visits.length} requests to ${new Set(visits.map(({ route }) => route)).size} routes, 0 refusals`);
  } finally {
    await fake.close();
    await Deno.remove(folder, { recursive: true });
  }
});
