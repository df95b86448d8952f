/** A7: Every route has a declared rule, and keeps it with a token, with a proxy, and on this machine alone. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { rigApp } from "../rig/rig_app.ts";
import { ROUTE_MODULES, type RouteCase, routeRequest, ROUTES, routeSession } from "../rig/routes.ts";

/** Static files have no route of their own, and are guarded too. */
const FILE: RouteCase = { file: "", method: "GET", path: "/favicon.svg", rule: "guarded", status: 200, streams: false };
const ROUTES_FOLDER = new URL("../../routes/", import.meta.url);
const TOKEN = "a-token-of-sixteen-or-more";
const PROXY = { address: "10.0.0.2", header: "x-forwarded-user" };

/** Files that answer requests; layouts, middlewares and the screens of a page do not. */
function routeFiles(folder = ROUTES_FOLDER, prefix = ""): readonly string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (name.startsWith("_") || name.startsWith("(_")) return [];
    if (isDirectory) return routeFiles(new URL(`${encodeURIComponent(name)}/`, folder), `${prefix}${name}/`);
    return [`${prefix}${name}`];
  });
}

function info(hostname: string): Deno.ServeHandlerInfo {
  return { remoteAddr: { transport: "tcp", hostname, port: 5 }, completed: Promise.resolve() };
}

Deno.test("A7: no route is without a rule", () => {
  assert.deepEqual(routeFiles().toSorted(), [...new Set(ROUTES.map(({ file }) => file))].toSorted());
});

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

Deno.test("A7: no method of a route is without a rule", async () => {
  const rig = await rigApp({ modules: ROUTE_MODULES, servesApi: true });
  const session = await routeSession(rig);
  for (const route of ROUTES) {
    const { file } = route;
    const [path] = routeRequest(route, session);
    const declared = ROUTES.filter((each) => each.file === file).map(({ method }): string => method);
    for (const method of METHODS) {
      if (declared.includes(method === "HEAD" ? "GET" : method)) continue;
      const answer = await rig.fetch(path, { method });
      await answer.text();
      // What is no path at all may be that whatever the method.
      const refusals = file.endsWith("[...path].ts") ? [404, 405] : [405];
      assert.ok(refusals.includes(answer.status), `${method} ${path} of ${file} has no rule, and is ${answer.status}`);
    }
  }
});

interface Caller {
  readonly mode: string;
  readonly options: Parameters<typeof rigApp>[0];
  readonly headers?: Record<string, string>;
  readonly peer: string;
  readonly mayCall: boolean;
}

const PERSON = { [PROXY.header]: "ada@example.org" };
const CALLERS: readonly Caller[] = [
  { mode: "none", options: {}, peer: "127.0.0.1", mayCall: true },
  { mode: "token", options: { token: TOKEN }, peer: "127.0.0.1", mayCall: false },
  {
    mode: "token, shown",
    options: { token: TOKEN },
    headers: { authorization: `Bearer ${TOKEN}` },
    peer: "10.0.0.9",
    mayCall: true,
  },
  {
    mode: "token, a wrong one",
    options: { token: TOKEN },
    headers: { authorization: "Bearer wrong" },
    peer: "10.0.0.9",
    mayCall: false,
  },
  { mode: "proxy", options: { proxy: PROXY }, headers: PERSON, peer: PROXY.address, mayCall: true },
  { mode: "proxy, nobody named", options: { proxy: PROXY }, peer: PROXY.address, mayCall: false },
  { mode: "proxy, passed by", options: { proxy: PROXY }, headers: PERSON, peer: "10.0.0.3", mayCall: false },
  {
    mode: "proxy, empty name",
    options: { proxy: PROXY },
    headers: { [PROXY.header]: " " },
    peer: PROXY.address,
    mayCall: false,
  },
];

Deno.test("A7: each route in each mode, for strangers and for who may", async () => {
  const files = [...ROUTES, FILE];
  let answers = 0, admitted = 0;
  for (const { mode, options, headers, peer, mayCall } of CALLERS) {
    const rig = await rigApp({ modules: ROUTE_MODULES, ...options, servesApi: true });
    const session = await routeSession(rig);
    for (const [index, route] of files.entries()) {
      const [path, init] = routeRequest(route, session);
      // Each from another port and client, so that wrong tokens are not counted together.
      const from = mode === "token, a wrong one" ? `10.0.1.${index}` : peer;
      const all = { host: "127.0.0.1:8000", ...headers, ...Object.fromEntries(new Headers(init.headers)) };
      const answer = await rig.handler(
        new Request(`http://127.0.0.1:8000${path}`, { ...init, headers: all }),
        info(from),
      );
      await answer.text();
      const declared = mayCall || route.rule === "anyone" ? route.status : 401;
      assert.equal(answer.status, declared, `${mode}: ${route.method} ${path}`);
      answers++;
      if (answer.status < 400) admitted++;
    }
  }
  const told = `${answers} of ${answers} as declared, ${admitted} let in`;
  measured("A7", `${files.length} routes × ${CALLERS.length} callers, ${told}`);
});
