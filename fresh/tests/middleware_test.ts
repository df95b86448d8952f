import assert from "node:assert/strict";
import { App, cors, csp, csrf, ipFilter, type Middleware, trailingSlashes } from "fresh";

function send(middleware: Middleware<unknown>, path = "/", init?: RequestInit, hostname = "127.0.0.1") {
  const app = new App<unknown>().use(middleware).all("*", (ctx) => ctx.text("ok")).all("/", (ctx) => ctx.text("ok"))
    .all("/:path*", (ctx) => ctx.text("ok"));
  const remoteAddr: Deno.NetAddr = { transport: "tcp", hostname, port: 1 };
  return app.handler()(new Request(`http://localhost${path}`, init), { remoteAddr, completed: Promise.resolve() });
}

Deno.test("csp() sets defaults, lets directives replace them, and reports", async () => {
  const policy = (response: Response) => response.headers.get("content-security-policy") ?? "";
  assert.match(policy(await send(csp())), /script-src 'self' 'unsafe-inline'; .*upgrade-insecure-requests$/);
  const own = policy(await send(csp({ csp: ["script-src 'none'", "img-src *"], reportTo: "/r" })));
  assert.match(own, /script-src 'none';/);
  assert.doesNotMatch(own, /script-src 'self'|img-src 'self'/);
  assert.match(own, /report-to csp-endpoint; report-uri \/r$/);
  const reportOnly = await send(csp({ reportOnly: true }));
  assert.equal(policy(reportOnly), "");
  assert.ok(reportOnly.headers.has("content-security-policy-report-only"));
});

Deno.test("csp() with a nonce keeps 'unsafe-inline' on what was not rendered", async () => {
  const header = (await send(csp({ useNonce: true }))).headers.get("content-security-policy");
  assert.match(header ?? "", /script-src 'self' 'unsafe-inline'/);
});

Deno.test("a middleware before csp() can drop a directive", async () => {
  const app = new App<unknown>().use(async (ctx) => {
    const response = await ctx.next();
    const policy = response.headers.get("content-security-policy") ?? "";
    response.headers.set("content-security-policy", policy.replace("; upgrade-insecure-requests", ""));
    return response;
  }).use(csp()).get("/", (ctx) => ctx.text("ok"));
  const response = await app.handler()(new Request("http://localhost/"));
  assert.doesNotMatch(response.headers.get("content-security-policy") ?? "", /upgrade/);
});

Deno.test("csrf() refuses unsafe requests of other sites", async () => {
  const status = async (headers: HeadersInit, method = "POST", options = {}) =>
    (await send(csrf(options), "/", { method, headers })).status;
  assert.equal(await status({}), 200);
  assert.equal(await status({ "sec-fetch-site": "same-origin" }), 200);
  assert.equal(await status({ "sec-fetch-site": "none" }), 200);
  assert.equal(await status({ "sec-fetch-site": "cross-site" }), 403);
  assert.equal(await status({ "sec-fetch-site": "same-site", origin: "http://x.localhost" }), 403);
  assert.equal(await status({ origin: "http://localhost" }), 200);
  assert.equal(await status({ origin: "http://evil.com" }), 403);
  assert.equal(await status({ origin: "null" }), 403);
  assert.equal(await status({ origin: "http://evil.com" }, "GET"), 200);
  const friend = { origin: ["http://friend.com"] };
  assert.equal(await status({ "sec-fetch-site": "cross-site", origin: "http://friend.com" }, "DELETE", friend), 200);
});

Deno.test("cors() answers preflights and names allowed origins", async () => {
  const options = { origin: ["http://a.com"], credentials: true, maxAge: 5 };
  const preflight = await send(cors(options), "/", {
    method: "OPTIONS",
    headers: { origin: "http://a.com", "access-control-request-headers": "x-a, x-b" },
  });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get("access-control-allow-origin"), "http://a.com");
  assert.equal(preflight.headers.get("access-control-allow-headers"), "x-a,x-b");
  assert.equal(preflight.headers.get("access-control-max-age"), "5");
  const other = await send(cors(options), "/", { headers: { origin: "http://b.com" } });
  assert.equal(other.headers.get("access-control-allow-origin"), null);
  assert.equal((await send(cors())).headers.get("access-control-allow-origin"), "*");
});

Deno.test("ipFilter() goes by address and range; the deny list wins", async () => {
  const status = async (hostname: string) =>
    (await send(ipFilter({ allowList: ["10.0.0.0/8", "::1"], denyList: ["10.1.0.0/16"] }), "/", {}, hostname)).status;
  assert.equal(await status("10.2.3.4"), 200);
  assert.equal(await status("10.1.3.4"), 403);
  assert.equal(await status("::1"), 200);
  assert.equal(await status("192.168.0.1"), 403);
});

Deno.test("trailingSlashes() redirects to one form", async () => {
  const location = async (mode: "always" | "never", path: string) =>
    (await send(trailingSlashes(mode), path)).headers.get("location");
  assert.equal(await location("never", "/a/?q=1"), "/a?q=1");
  assert.equal(await location("never", "/a"), null);
  assert.equal(await location("always", "/a?q=1"), "/a/?q=1");
  assert.equal(await location("always", "/"), null);
});
