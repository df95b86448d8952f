/** A2: The app answers under its own names alone, in the Host header and in the request's address alike. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { rawRequest, whileServed } from "../rig/raw_client.ts";
import { rigApp } from "../rig/rig_app.ts";
import { rigLog } from "../rig/rig_module.ts";

/** Host header (undefined: none), target of the request line, status. PORT stands for the app's own. */
const CASES: readonly (readonly [host: string | undefined, target: string, status: number])[] = [
  ["localhost:PORT", "/", 200],
  ["127.0.0.1:PORT", "/", 200],
  ["[::1]:PORT", "/", 200],
  ["box.lan", "/", 200],
  ["box.lan:PORT", "/", 200],
  ["localhost", "/", 200],
  ["localhost:9", "/", 421],
  ["127.0.0.1:9", "/", 421],
  ["localhost.:PORT", "/", 421],
  ["LOCALHOST:PORT", "/", 421],
  ["x.localhost:PORT", "/", 421],
  ["evil.local:PORT", "/", 421],
  ["evil.example:PORT", "/", 421],
  ["localhost.evil.example:PORT", "/", 421],
  ["localhost@evil.example:PORT", "/", 421],
  ["127.1:PORT", "/", 421],
  ["0.0.0.0:PORT", "/", 421],
  ["2130706433:PORT", "/", 421],
  ["[::ffff:127.0.0.1]:PORT", "/", 421],
  ["box.lan:9", "/", 421],
  ["", "/", 421],
  ["localhost:PORT", "http://evil.example:PORT/", 421],
  ["evil.example:PORT", "http://localhost:PORT/", 421],
  ["evil.example:PORT", "/api/health", 200],
];

Deno.test("A2: 24 hosts over raw TCP", async () => {
  const { access, handler } = await rigApp({ allowedHosts: ["box.lan"] });
  const before = rigLog.opened;
  await whileServed(handler, async (port) => {
    access.port = port;
    for (const [host, target, status] of CASES) {
      const filled = (text: string) => text.replaceAll("PORT", String(port));
      const header = host === undefined ? [] : [`Host: ${filled(host)}`];
      const answer = await rawRequest(port, [`GET ${filled(target)} HTTP/1.1`, ...header]);
      const followed = answer.status >= 300 && answer.status < 400 ? 200 : answer.status;
      // What is no host at all the runtime refuses itself.
      const refusedByRuntime = status === 421 && answer.status === 400;
      assert.ok(followed === status || refusedByRuntime, `${host} ${target}: ${answer.text.slice(0, 200)}`);
    }
  });
  assert.equal(rigLog.opened, before, "nothing was opened for a refused request");
  measured("A2", `${CASES.length} of ${CASES.length} hosts answered as listed`);
});
