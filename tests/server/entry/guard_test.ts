import assert from "node:assert/strict";
import { Access, guard } from "../../../lib/server/entry/guard.ts";
import { ProblemError } from "../../../lib/server/problem.ts";

const TOKEN = "a-token-of-sixteen-or-more";

function access(token?: string): Access {
  return new Access({
    host: "127.0.0.1",
    port: 8000,
    allowedHosts: ["box.lan:8000"],
    ...(token === undefined ? {} : { token }),
  });
}

function statusOf(url: string, init: RequestInit & { token?: string } = {}): number {
  const headers = new Headers(init.headers);
  if (!headers.has("host")) headers.set("host", new URL(url).host);
  const request = new Request(url, { ...init, headers });
  try {
    return guard(request, new URL(request.url), access(init.token), "here")?.status ?? 200;
  } catch (error) {
    assert.ok(error instanceof ProblemError);
    return error.status;
  }
}

Deno.test("guard() answers under its own names only, in header and URL alike", () => {
  const cases: readonly [string, number][] = [
    ["localhost:8000", 200],
    ["127.0.0.1:8000", 200],
    ["[::1]:8000", 200],
    ["box.lan:8000", 200],
    ["localhost:9000", 421],
    ["localhost.:8000", 421],
    ["LOCALHOST:8000", 421],
    ["x.localhost:8000", 421],
    ["evil.example", 421],
    ["127.0.0.1.evil.example:8000", 421],
    ["", 421],
  ];
  for (const [host, status] of cases) {
    assert.equal(statusOf("http://127.0.0.1:8000/", { headers: { host } }), status, host);
  }
  assert.equal(statusOf("http://evil.example:8000/", { headers: { host: "localhost:8000" } }), 421);
  assert.equal(statusOf("http://evil.example:8000/api/health"), 200);
});

Deno.test("guard() names the host that it does not answer under, the first of it", () => {
  const request = new Request("http://box.lan:9000/", { headers: { host: `box.lan:9000${"0".repeat(200)}` } });
  const named = new RegExp(`under the host name "box\\.lan:90{91}"; VISUALLM_ALLOWED_HOSTS can add it$`);
  assert.throws(() => guard(request, new URL(request.url), access(), "here"), named);
});

Deno.test("guard() takes unsafe requests from its own pages and from scripts only", () => {
  const url = "http://localhost:8000/api/x/y/generate";
  const json = { "content-type": "application/json", host: "localhost:8000" };
  const cases: readonly [Record<string, string>, number][] = [
    [{}, 200],
    [{ "sec-fetch-site": "same-origin", origin: "http://localhost:8000" }, 200],
    [{ "sec-fetch-site": "none" }, 200],
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ origin: "http://evil.example" }, 403],
    [{ origin: "null" }, 403],
    [{ "content-type": "text/plain" }, 415],
  ];
  for (const [headers, status] of cases) {
    assert.equal(statusOf(url, { method: "POST", headers: { ...json, ...headers } }), status, JSON.stringify(headers));
  }
  assert.equal(statusOf(url, { method: "OPTIONS", headers: json }), 405);
  assert.equal(statusOf("http://localhost:8000/", { method: "POST", headers: json }), 405);
});

Deno.test("guard() wants the token when there is one, as Bearer, cookie, or once in a URL", () => {
  const url = "http://localhost:8000/api/app";
  assert.equal(statusOf(url, { token: TOKEN }), 401);
  assert.equal(statusOf(url, { token: TOKEN, headers: { authorization: `Bearer ${TOKEN}` } }), 200);
  assert.equal(statusOf(url, { token: TOKEN, headers: { authorization: "Bearer wrong" } }), 401);
  const own = access(TOKEN);
  const code = own.newCode();
  const host = "localhost:8000";
  const login = new Request(`http://${host}/alpaca/generation?split=test&token=${code}`, { headers: { host } });
  const redirect = guard(login, new URL(login.url), own, "here");
  assert.equal(redirect?.status, 303);
  assert.ok(!redirect?.headers.get("location")?.includes(code));
  const cookie = redirect?.headers.get("set-cookie") ?? "";
  assert.match(cookie, /HttpOnly/);
  assert.match(cookie, /SameSite=Strict/);
  assert.ok(!cookie.includes(TOKEN));
  const next = new Request(url, { headers: { host, cookie: cookie.split(";")[0] ?? "" } });
  assert.equal(guard(next, new URL(url), own, "here"), undefined);
  assert.throws(() => guard(login, new URL(login.url), own, "here"), ProblemError);
});

Deno.test("an app that does not know its port answers under its names with any port, and under no other name", () => {
  const access = new Access({ host: "127.0.0.1", port: 0, allowedHosts: ["box.lan"] });
  for (const host of ["localhost:4711", "127.0.0.1:80", "[::1]:4711", "[::1]", "localhost", "box.lan:9"]) {
    assert.equal(access.allowsHost(host), true, host);
  }
  for (
    const host of [
      "evil.example:4711",
      "localhost:evil",
      "localhost:4711:4711",
      "localhost:",
      "::1",
      "localhost:123456",
    ]
  ) {
    assert.equal(access.allowsHost(host), false, host);
  }
});
