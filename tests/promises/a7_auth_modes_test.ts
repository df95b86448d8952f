/** A7: Every route has a declared rule, and keeps it with a token, with a proxy, and on this machine alone. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { rigApp } from "../rig/rig_app.ts";
import { ROUTES } from "../rig/routes.ts";

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
  assert.deepEqual(routeFiles().toSorted(), ROUTES.map(({ file }) => file).toSorted());
});

Deno.test("A7: each route in each mode, for strangers and for who may", async () => {
  const person = { [PROXY.header]: "ada@example.org" };
  const modes: readonly (readonly [string, Parameters<typeof rigApp>[0], Record<string, string>, string, boolean])[] = [
    ["none", {}, {}, "127.0.0.1", true],
    ["token", { token: TOKEN }, {}, "127.0.0.1", false],
    ["token", { token: TOKEN }, { authorization: `Bearer ${TOKEN}` }, "10.0.0.9", true],
    ["proxy", { proxy: PROXY }, person, PROXY.address, true],
    ["proxy, nobody named", { proxy: PROXY }, {}, PROXY.address, false],
    ["proxy, passed by", { proxy: PROXY }, person, "10.0.0.3", false],
    ["proxy, empty name", { proxy: PROXY }, { [PROXY.header]: " " }, PROXY.address, false],
  ];
  let answers = 0;
  for (const [mode, options, headers, peer, isIn] of modes) {
    const { handler } = await rigApp({ ...options, servesApi: true });
    for (const { method, path, rule } of ROUTES) {
      const request = new Request(`http://127.0.0.1:8000${path}`, {
        method,
        headers: { ...headers, "content-type": "application/json" },
        ...(method === "POST" ? { body: "{}" } : {}),
      });
      const answer = await handler(request, info(peer));
      await answer.body?.cancel();
      assert.equal(answer.status === 401, !isIn && rule === "guarded", `${mode}: ${path} ${answer.status}`);
      answers++;
    }
  }
  measured("A7", `${ROUTES.length} routes × ${modes.length} callers, ${answers} of ${answers} as declared`);
});
