/** O4: Every error of every route has one shape, and its ID stands in the log. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { readProblem } from "../rig/read_events.ts";
import { rigApp } from "../rig/rig_app.ts";
import { ROUTE_MODULES, ROUTES } from "../rig/routes.ts";

Deno.test("O4: wrong bodies, methods, hosts and types on each API route", async () => {
  const { fetch, logged } = await rigApp();
  const wrongs: readonly RequestInit[] = [
    { method: "POST", body: "{", headers: { "content-type": "application/json" } },
    { method: "POST", body: "[]", headers: { "content-type": "application/json" } },
    { method: "POST", body: "a=1", headers: { "content-type": "text/plain" } },
    { method: "DELETE", body: "{}", headers: { "content-type": "application/json" } },
    { headers: { host: "evil.example" } },
  ];
  let problems = 0;
  for (const { path, rule } of ROUTES.filter((each) => each.path.startsWith("/api/") && each.rule === "guarded")) {
    for (const init of wrongs) {
      const answer = await fetch(path, init);
      assert.ok(answer.status >= 400 && answer.status < 500, `${rule} ${path} ${answer.status}`);
      const { id } = await readProblem(answer);
      assert.ok(logged.some((line) => JSON.parse(line).id === id), `${path}: ${id} is in the log`);
      problems++;
    }
  }
  measured("O4", `${problems} errors in one shape, ${problems} IDs found in the log`);
});

Deno.test("O4: each answer names its line in the log, of /v1, pages and faults of the app too", async () => {
  const { fetch, logged } = await rigApp({ modules: ROUTE_MODULES, servesApi: true });
  const json = { "content-type": "application/json" };
  const wrongs: readonly (readonly [status: number, path: string, init: RequestInit])[] = [
    [404, "/v1/nothing", {}],
    [400, "/v1/completions", { method: "POST", headers: json, body: "{}" }],
    [400, "/v1/chat/completions", { method: "POST", headers: json, body: "{" }],
    [404, "/rig/nope", {}],
    [404, "/no/such/page/here", { headers: { accept: "text/html" } }],
    [421, "/", { headers: { host: "evil.example", accept: "text/html" } }],
    [405, "/", { method: "POST", headers: json, body: "{}" }],
    [500, "/api/rig/generation/generate", { method: "POST", headers: json, body: '{"task":"throwing"}' }],
    [500, "/pages/broken", {}],
    [200, "/rig/generation", {}],
  ];
  for (const [status, path, init] of wrongs) {
    const answer = await fetch(path, init);
    await answer.text();
    const id = answer.headers.get("x-request-id");
    assert.equal(answer.status, status, path);
    assert.ok(id !== null && logged.some((line) => JSON.parse(line).id === id), `${path}: ${id} is in the log`);
  }
});
