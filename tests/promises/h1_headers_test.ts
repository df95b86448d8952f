/** H1: Every answer has the security headers, and every page a nonce of its own and no inline code without it. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { rigApp } from "../rig/rig_app.ts";
import { ROUTES } from "../rig/routes.ts";

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

Deno.test("H1: every route, right and wrong, and 1,000 nonces", async () => {
  const { fetch } = await rigApp({ servesApi: true });
  const extra = ["/favicon.svg", "/rig/nope", "/rig/generation?sample=abc", `/${"a".repeat(17_000)}`];
  let answers = 0;
  const check = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(path, init);
    for (const [name, value] of Object.entries(EXACT)) assert.equal(answer.headers.get(name), value, `${path} ${name}`);
    const policy = answer.headers.get("content-security-policy") ?? "";
    assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval|upgrade-insecure/);
    const isPage = answer.headers.get("content-type")?.startsWith("text/html") === true;
    assert.match(policy, isPage ? PAGE_POLICY : /^default-src 'none'; base-uri 'none'; frame-ancestors 'none'$/, path);
    const isFile = path === "/favicon.svg";
    if (!isFile) assert.match(answer.headers.get("cache-control") ?? "", /no-store/, path);
    const text = await answer.text();
    if (isPage) {
      for (const [tag] of text.matchAll(/<(script|style)\b[^>]*>/g)) assert.match(tag, / nonce="/);
      assert.doesNotMatch(text, / (style|on\w+)="/);
    }
    answers++;
  };
  for (const { path, method } of ROUTES) {
    const headers = { "content-type": "application/json" };
    await check(path, { method, headers, ...(method === "POST" ? { body: "{}" } : {}) });
    await check(path, { method: "POST", headers, body: "{" });
    await check(path, { headers: { host: "evil.example" } });
  }
  for (const path of extra) await check(path);
  const nonces = new Set<string>();
  for (let render = 0; render < RENDERS; render++) {
    const answer = await fetch("/no/such/page/here");
    await answer.body?.cancel();
    nonces.add(/'nonce-([^']+)'/.exec(answer.headers.get("content-security-policy") ?? "")?.[1] ?? "");
  }
  assert.equal(nonces.size, RENDERS);
  measured("H1", `${answers} answers with all headers, ${nonces.size} different nonces in ${RENDERS} pages`);
});
