/** A4: Only the app's own pages and scripts can make it do something, and no GET does. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { rigApp, rigPath } from "../rig/rig_app.ts";
import { rigLog } from "../rig/rig_module.ts";

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
