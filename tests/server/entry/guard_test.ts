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

Deno.test("guard() lets pages of other sites link to its own, and read or load nothing", () => {
  const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  const cases: readonly [string, Record<string, string>, number][] = [
    ["/", link, 200],
    ["/a/next-token?generator=b", { ...link, "sec-fetch-site": "same-site" }, 200],
    ["/api/app", link, 403],
    ["/v1/models", link, 403],
    ["/api/health", link, 200],
    ["/a/next-token", { ...link, "sec-purpose": "prefetch" }, 403],
    ["/a/next-token", { ...link, "sec-purpose": "prefetch;prerender" }, 403],
    ["/a/next-token", { ...link, "sec-fetch-site": "none", "sec-purpose": "prefetch" }, 200],
    ["/a/next-token", { ...link, "sec-fetch-dest": "iframe" }, 403],
    ["/a/next-token", { ...link, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" }, 403],
    ["/a/next-token", { "sec-fetch-site": "same-site" }, 403],
    ["/a/next-token", { origin: "http://evil.example" }, 403],
    ["/api/app", { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" }, 200],
    ["/api/app", { ...link, "sec-fetch-site": "none" }, 200],
  ];
  for (const [path, headers, status] of cases) {
    for (const method of ["GET", "HEAD"]) {
      const url = `http://localhost:8000${path}`;
      assert.equal(statusOf(url, { method, headers }), status, `${method} ${path} ${JSON.stringify(headers)}`);
    }
  }
});

Deno.test("guard() marks the cookie as one for https where a proxy says that the client came so", () => {
  const own = access(TOKEN);
  const cookieOf = (headers: Record<string, string>) => {
    const login = new Request(`http://localhost:8000/?token=${TOKEN}`, {
      headers: { host: "localhost:8000", ...headers },
    });
    return guard(login, new URL(login.url), own, "here")?.headers.get("set-cookie") ?? "";
  };
  for (const proto of ["https", "https, http"]) assert.match(cookieOf({ "x-forwarded-proto": proto }), /; Secure$/);
  for (const proto of ["http", "http, https", ""]) {
    assert.doesNotMatch(cookieOf({ "x-forwarded-proto": proto }), /Secure/);
  }
});

Deno.test("Access knows the proxy's address however it is written", () => {
  const request = new Request("http://localhost:8000/", { headers: { "x-user": "ada" } });
  const cases: readonly [string, string, boolean][] = [
    ["10.0.0.2", "10.0.0.2", true],
    ["10.0.0.2", "::ffff:10.0.0.2", true],
    ["::FFFF:a00:2", "10.0.0.2", true],
    ["0:0:0:0:0:0:0:1", "::1", true],
    ["fe80::1%eth0", "fe80::1", true],
    ["10.0.0.2", "10.0.0.3", false],
    ["10.0.0.2", "::10.0.0.2", false],
    ["10.0.0.2", "local", false],
  ];
  for (const [address, peer, isProxy] of cases) {
    const proxy = { address, header: "x-user" };
    const access = new Access({ host: "127.0.0.1", port: 8000, allowedHosts: [], proxy });
    if (isProxy) assert.equal(access.clientOf(request, peer), "user ada", `${address} ${peer}`);
    else assert.throws(() => access.clientOf(request, peer), /proxy/, `${address} ${peer}`);
  }
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
