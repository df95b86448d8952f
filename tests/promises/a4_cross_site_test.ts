/** A4: Only the app's own pages and scripts can make it do something, and no GET does. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { rigApp, rigPath } from "../rig/rig_app.ts";
import { rigLog } from "../rig/rig_module.ts";
import { ROUTE_MODULES } from "../rig/routes.ts";

const SITES = [undefined, "none", "same-origin", "same-site", "cross-site"];
const ORIGINS = [undefined, "http://127.0.0.1:8000", "null", "http://evil.example", "http://a.127.0.0.1:8000"];
const METHODS = ["GET", "POST", "PUT", "DELETE"];
const TYPES = ["application/json", "text/plain", "application/x-www-form-urlencoded"];

Deno.test("A4: sites × origins × methods × content types", async () => {
  const { handler } = await rigApp();
  let cases = 0, passed = 0;
  for (const site of SITES) {
    for (const origin of ORIGINS) {
      for (const method of METHODS) {
        for (const type of TYPES) {
          const before = rigLog.steps;
          const headers = new Headers({ host: "127.0.0.1:8000", "content-type": type });
          if (site !== undefined) headers.set("sec-fetch-site", site);
          if (origin !== undefined) headers.set("origin", origin);
          const body = JSON.stringify({ generator: "counted", prompt: "a", params: { max_tokens: 1 } });
          const init = { method, headers, ...(method === "GET" ? {} : { body }) };
          const answer = await handler(new Request(`http://127.0.0.1:8000${rigPath("generate")}`, init));
          await answer.text();
          const isOwn = (site ?? "none") !== "same-site" && site !== "cross-site" &&
            (origin === undefined || origin === ORIGINS[1]);
          const mayPass = isOwn && method === "POST" && type === TYPES[0];
          const what = `${site} ${origin} ${method} ${type}`;
          assert.equal(answer.status === 200, mayPass, `${what}: ${answer.status}`);
          assert.equal(rigLog.steps > before, mayPass, what);
          cases++;
          if (mayPass) passed++;
        }
      }
    }
  }
  measured("A4", `${cases} combinations, ${passed} of the app's own passed, 0 others`);
});

/** Reads that open a session, ask the model, or score rows. */
const READS = [
  "/pages/inputs",
  "/api/pages/inputs/elements",
  "/rig/next-token?generator=table",
  "/rig/next-token?generator=table&append=b",
  "/rig/dataset?score=1",
  "/api/rig/generation/scores?generator=table&rows=0&all=1",
  "/api/rig/generation/samples",
  "/",
];
/** As what a browser asks for them on behalf of another site's page. */
const USES: readonly (readonly [mode: string, dest: string])[] = [
  ["no-cors", "image"],
  ["no-cors", "script"],
  ["no-cors", "empty"],
  ["cors", "empty"],
  ["navigate", "iframe"],
  ["navigate", "object"],
];

Deno.test("A4: pages of other sites load nothing, so that nothing runs; they may link to a page", async () => {
  const { fetch, sessions, registry } = await rigApp({ modules: ROUTE_MODULES });
  const opened = rigLog.opened;
  let cases = 0;
  for (const path of READS) {
    for (const site of ["same-site", "cross-site"]) {
      for (const [mode, dest] of USES) {
        const headers = { "sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest };
        for (const method of ["GET", "HEAD"]) {
          const answer = await fetch(path, { method, headers });
          await answer.body?.cancel();
          assert.equal(answer.status, 403, `${method} ${path} ${site} ${mode} ${dest}`);
          cases++;
        }
      }
    }
  }
  assert.equal(sessions.size, 0, "no session was opened");
  assert.equal(registry.isOpen("rig", "table"), false, "no model was asked");
  assert.equal(rigLog.opened, opened);
  const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  for (const path of READS) {
    const answer = await fetch(path, { headers: link, redirect: "manual" });
    await answer.body?.cancel();
    assert.equal(answer.status === 403, path.startsWith("/api/"), `a link to ${path}: ${answer.status}`);
  }
  assert.equal(sessions.size, 1, "the page that was linked to");
  measured("A4", `${cases} reads for other sites, 0 sessions, 0 models opened`);
});
