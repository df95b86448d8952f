/** Who opens the app in a browser and may not see it gets a page that says what to do; scripts get the problem. */
import assert from "node:assert/strict";
import { readProblem } from "../rig/read_events.ts";
import { type RigApp, rigApp } from "../rig/rig_app.ts";

const TOKEN = "a-token-of-sixteen-or-more";
/** As a browser sends it when an address is opened. */
const OPENED = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async function opened({ fetch }: RigApp, path: string, headers: Record<string, string> = {}) {
  const answer = await fetch(path, { headers: { accept: OPENED, ...headers } });
  return { status: answer.status, headers: answer.headers, html: await answer.text() };
}

Deno.test("without the token an address opens a page that asks for it, with the problem's status and headers", async () => {
  const app = await rigApp({ token: TOKEN });
  const problem = await app.fetch("/rig/generation?task=copy&sample=1");
  const page = await opened(app, "/rig/generation?task=copy&sample=1");
  assert.equal((await readProblem(problem)).status, 401);
  assert.equal(page.status, 401);
  for (const name of ["www-authenticate", "cache-control", "referrer-policy", "x-content-type-options"]) {
    assert.equal(page.headers.get(name), problem.headers.get(name), name);
  }
  assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(page.html, /^<!doctype html><html lang="en">/);
  assert.match(page.html, /<h1>visuallm asks for its token<\/h1>/);
  assert.doesNotMatch(page.html, /role="alert"/);
  // The form leads back to the same page.
  assert.match(page.html, /action="\/rig\/generation"/);
  assert.match(page.html, /type="hidden" name="task" value="copy"/);
  assert.match(page.html, /type="hidden" name="sample" value="1"/);
  const sent = await app.fetch(`/rig/generation?task=copy&sample=1&token=${TOKEN}`, { headers: { accept: OPENED } });
  assert.equal(sent.status, 303);
  assert.equal(sent.headers.get("location"), "/rig/generation?task=copy&sample=1");
});

Deno.test("a token that is wrong or spent is told, and not repeated", async () => {
  const page = await opened(await rigApp({ token: TOKEN }), "/?token=not-the-token-at-all");
  assert.equal(page.status, 401);
  assert.match(page.html, /<p role="alert">This token is wrong, or it came in an address that has been used already/);
  assert.doesNotMatch(page.html, /not-the-token/);
});

Deno.test("what else is refused is told in the problem's words, and a host's name is text", async () => {
  const unknown = await opened(await rigApp(), "/rig/generation", { host: "box.lan<b>" });
  assert.equal(unknown.status, 421);
  assert.match(unknown.html, /<h1>Unknown host<\/h1><p>Cannot answer under the host name &quot;box\.lan&lt;b>&quot;/);
  const behind = await rigApp({ proxy: { address: "10.0.0.2", header: "x-forwarded-user" } });
  const unnamed = await opened(behind, "/");
  assert.equal(unnamed.status, 401);
  assert.match(
    unnamed.html,
    /<h1>Not signed in<\/h1><p>Cannot answer: the proxy in front of the app must name who calls/,
  );
  assert.doesNotMatch(unnamed.html, /<form/);
});

Deno.test("calls of the API, files for scripts and other methods get the problem, whatever they accept", async () => {
  const app = await rigApp({ token: TOKEN });
  for (const path of ["/api/app", "/api/nothing"]) {
    assert.equal((await readProblem(await app.fetch(path, { headers: { accept: OPENED } }))).status, 401, path);
  }
  const models = await app.fetch("/v1/models", { headers: { accept: OPENED } });
  assert.deepEqual([models.status, (await models.json()).error.type], [401, "authentication_error"]);
  for (const accept of ["*/*", "application/json", "text/css,*/*;q=0.1"]) {
    assert.equal((await readProblem(await app.fetch("/twind.css", { headers: { accept } }))).status, 401, accept);
  }
  const posted = await app.post("/rig/generation", {}, { headers: { accept: OPENED } });
  assert.equal((await readProblem(posted)).status, 405);
});

Deno.test("an address with slashes too many leads to its page, and never to another host", async () => {
  const { fetch } = await rigApp();
  const places = [
    ["/rig/generation/?task=copy&sample=1", "/rig/generation?task=copy&sample=1"],
    ["/rig/generation///", "/rig/generation"],
    ["//evil.example/", "/evil.example"],
    ["///evil.example//a/", "/evil.example/a"],
    ["/\\\\evil.example/", "/evil.example"],
  ] as const;
  for (const [path, place] of places) {
    const { status, headers } = await fetch(`http://127.0.0.1:8000${path}`);
    assert.deepEqual([status, headers.get("location")], [308, place], path);
  }
  const none = await fetch("http://127.0.0.1:8000/api/rig/generation/generate/", { method: "POST" });
  assert.equal(none.headers.get("location"), null);
});
