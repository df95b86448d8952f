/** H1: Every answer has the security headers, and every page a nonce of its own and no inline code without it. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { type RigApp, rigApp } from "../rig/rig_app.ts";
import { ROUTE_MODULES, routeRequest, ROUTES, routeSession } from "../rig/routes.ts";

const RENDERS = 1_000;
const EXACT: Readonly<Record<string, string>> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
};
const PAGE_POLICY =
  /^default-src 'none'; script-src 'nonce-[\w+/=-]+' 'strict-dynamic'; style-src 'self' 'nonce-.*'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'$/;
const OTHER_POLICY = /^default-src 'none'; base-uri 'none'; frame-ancestors 'none'$/;
/** What an answer can be, and each of which must have been seen. */
const KINDS = ["200", "204", "302", "304", "401", "4xx", "413", "414", "421", "431", "5xx", "page", "stream"];

/** Looks at one answer, and says what it was. */
async function check(what: string, answer: Response): Promise<readonly string[]> {
  for (const [name, value] of Object.entries(EXACT)) assert.equal(answer.headers.get(name), value, `${what} ${name}`);
  const policy = answer.headers.get("content-security-policy") ?? "";
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval|upgrade-insecure/);
  const type = answer.headers.get("content-type") ?? "";
  const isPage = type.startsWith("text/html"), isStream = type.startsWith("text/event-stream");
  assert.match(policy, isPage ? PAGE_POLICY : OTHER_POLICY, what);
  for (const [name] of answer.headers) assert.ok(!/^(access-control|server$|x-powered)/.test(name), `${what} ${name}`);
  const isFile = what.endsWith("/favicon.svg");
  if (!isFile) assert.match(answer.headers.get("cache-control") ?? "", /no-store/, what);
  if (isStream) assert.equal(answer.headers.get("x-accel-buffering"), "no", what);
  const text = await answer.text();
  if (isPage) checkPage(what, text, policy);
  const { status } = answer;
  const named = KINDS.includes(String(status)) ? String(status) : status >= 500 ? "5xx" : "4xx";
  return [named, ...(isPage ? ["page"] : []), ...(isStream ? ["stream"] : [])];
}

function checkPage(what: string, html: string, policy: string): void {
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
  for (const [tag] of html.matchAll(/<(script|style)\b[^>]*>/g)) assert.ok(tag.includes(` nonce="${nonce}"`), what);
  assert.doesNotMatch(html, /<[^>]* (style|on\w+)="/, what);
  assert.doesNotMatch(html, /<(base|iframe|object|embed)\b/, what);
}

/** Each route, as it answers, and as it refuses. */
async function* routeAnswers(rig: RigApp): AsyncGenerator<readonly [string, Response]> {
  const session = await routeSession(rig);
  for (const route of ROUTES) {
    const [path, init] = routeRequest(route, session);
    const headers = { "content-type": "application/json" };
    yield [path, await rig.fetch(path, init)];
    yield [`broken body ${path}`, await rig.fetch(path, { method: "POST", headers, body: "{" })];
    yield [`long body ${path}`, await rig.fetch(path, { method: "POST", headers, body: `"${"a".repeat(2 ** 20)}"` })];
    yield [`other host ${path}`, await rig.fetch(path, { ...init, headers: { ...headers, host: "evil.example" } })];
    yield [`PATCH ${path}`, await rig.fetch(path, { method: "PATCH", headers, body: "{}" })];
    yield [`opened ${path}`, await rig.fetch(path, { headers: { accept: "text/html,*/*;q=0.8" } })];
    yield [`long header ${path}`, await rig.fetch(path, { ...init, headers: { ...headers, x: "a".repeat(17_000) } })];
  }
}

/** What is in no table of routes: files, pages that fail, models that fail before and after the first event. */
async function* otherAnswers({ fetch, post }: RigApp): AsyncGenerator<readonly [string, Response]> {
  const file = await fetch("/favicon.svg");
  const tag = file.headers.get("etag") ?? "";
  yield ["/favicon.svg", file];
  yield ["again /favicon.svg", await fetch("/favicon.svg", { headers: { "if-none-match": tag } })];
  const paths = ["/rig/nope", "/rig/generation?sample=abc", "/rig/generation?task=throwing", "/pages/broken"];
  for (const path of [...paths, `/${"a".repeat(17_000)}`]) yield [path.slice(0, 40), await fetch(path)];
  for (const generator of ["missing", "failing", "mute"]) {
    yield [generator, await post("/api/rig/generation/generate", { generator, prompt: "a" })];
    yield [generator, await post("/api/rig/generation/score", { generator, completion: "a" })];
  }
  yield ["throwing", await post("/api/rig/generation/generate", { task: "throwing" })];
  yield ["HEAD", await fetch("/rig/generation", { method: "HEAD" })];
}

Deno.test("H1: browsers are told to stay with https where they came over it, to a proxy too", async () => {
  const { fetch, handler } = await rigApp();
  const saysIt = async (answer: Response) => {
    await answer.body?.cancel();
    return answer.headers.has("strict-transport-security");
  };
  assert.equal(await saysIt(await handler(new Request("https://127.0.0.1:8000/favicon.svg"))), true);
  assert.equal(await saysIt(await fetch("/favicon.svg", { headers: { "x-forwarded-proto": "https" } })), true);
  for (const proto of ["http", "http, https", ""]) {
    assert.equal(await saysIt(await fetch("/favicon.svg", { headers: { "x-forwarded-proto": proto } })), false, proto);
  }
});

Deno.test("H1: every route, right and wrong, and 1,000 nonces", async () => {
  const modules = ROUTE_MODULES;
  const rig = await rigApp({ modules, servesApi: true });
  const closed = await rigApp({ modules, servesApi: true, token: "a-token-of-sixteen-or-more" });
  const seen = new Set<string>();
  let answers = 0;
  for (const source of [routeAnswers(rig), otherAnswers(rig), routeAnswers(closed)]) {
    for await (const [what, answer] of source) {
      for (const kind of await check(what, answer)) seen.add(kind);
      answers++;
    }
  }
  assert.deepEqual(KINDS.filter((kind) => !seen.has(kind)), [], "kinds of answers that were not seen");
  const nonces = new Set<string>();
  const pages = ["/no/such/page/here", "/rig/nope", "/talk/chat", "/nope/generation"];
  for (let render = 0; render < RENDERS; render++) {
    const answer = await rig.fetch(pages[render % pages.length] ?? "/");
    await answer.body?.cancel();
    const nonce = /'nonce-([^']+)'/.exec(answer.headers.get("content-security-policy") ?? "")?.[1] ?? "";
    assert.ok(nonce.replaceAll("-", "").length >= 22, "a nonce cannot be guessed");
    nonces.add(nonce);
  }
  assert.equal(nonces.size, RENDERS);
  const told = `${nonces.size} nonces in ${RENDERS} pages`;
  measured("H1", `${answers} answers of ${KINDS.length} kinds with all headers, ${told}`);
});
