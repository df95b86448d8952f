/** A5: No route gives another site leave to read it: no Access-Control header, and OPTIONS is refused. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { rigApp } from "../rig/rig_app.ts";
import { ROUTES } from "../rig/routes.ts";

Deno.test("A5: every route, under three origins and OPTIONS", async () => {
  const { fetch } = await rigApp({ servesApi: true });
  let answers = 0;
  for (const { path, method } of ROUTES) {
    for (const origin of ["http://evil.example", "null", "http://127.0.0.1:8000"]) {
      for (const verb of [method, "OPTIONS"]) {
        const headers = { origin, "content-type": "application/json", "access-control-request-method": "POST" };
        const answer = await fetch(path, { method: verb, headers, ...(verb === "POST" ? { body: "{}" } : {}) });
        await answer.body?.cancel();
        for (const [name] of answer.headers) assert.ok(!name.startsWith("access-control"), `${path} ${name}`);
        if (verb === "OPTIONS" && path !== "/api/health") assert.equal(answer.status, 405, path);
        answers++;
      }
    }
  }
  measured("A5", `${answers} answers of ${ROUTES.length} routes, 0 Access-Control headers`);
});
