/** A2: The app answers under its own names alone, in the Host header and in the request's address alike. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { rawRequest, whileServed } from "../rig/raw_client.ts";
import { rigApp, rigPath } from "../rig/rig_app.ts";
import { rigLog } from "../rig/rig_module.ts";

/** Host header (undefined: none), target of the request line ("": a run), status. PORT stands for the app's own. */
const CASES: readonly (readonly [host: string | undefined, target: string, status: number])[] = [
  ["localhost:PORT", "", 200],
  ["127.0.0.1:PORT", "", 200],
  ["[::1]:PORT", "", 200],
  ["box.lan", "", 200],
  ["localhost:PORT", "http://box.lan:PORTRUN", 200],
  [undefined, "", 421],
  ["", "", 421],
  ["localhost:9", "", 421],
  ["localhost.:PORT", "", 421],
  ["LOCALHOST:PORT", "", 421],
  ["x.localhost:PORT", "", 421],
  ["evil.local:PORT", "", 421],
  ["evil.example:PORT", "", 421],
  ["localhost.evil.example:PORT", "", 421],
  ["localhost@evil.example:PORT", "", 421],
  ["127.1:PORT", "", 421],
  ["0.0.0.0:PORT", "", 421],
  ["2130706433:PORT", "", 421],
  ["[::ffff:127.0.0.1]:PORT", "", 421],
  ["box.lan:9", "", 421],
  ["localhost:PORT", "http://evil.example:PORTRUN", 421],
  [undefined, "http://localhost:PORTRUN", 421],
  [undefined, "http://a@localhost:PORTRUN", 421],
  ["evil.example:PORT", "http://localhost:PORTRUN", 421],
];

Deno.test("A2: 24 hosts over raw TCP, each asking for a run", async () => {
  const { access, handler } = await rigApp({ allowedHosts: ["box.lan"] });
  const body = JSON.stringify({ generator: "counted", prompt: "a", params: { max_tokens: 1 } });
  let effects = 0;
  await whileServed(handler, async (port) => {
    access.port = port;
    for (const [host, target, status] of CASES) {
      const filled = (text: string) => text.replaceAll("PORT", String(port)).replaceAll("RUN", rigPath("generate"));
      const before = rigLog.steps;
      const answer = await rawRequest(port, [
        `POST ${filled(target === "" ? "RUN" : target)} HTTP/1.1`,
        ...(host === undefined ? [] : [`Host: ${filled(host)}`]),
        "Content-Type: application/json",
        `Content-Length: ${body.length}`,
      ], body);
      // What is no host at all the runtime refuses itself.
      const isRefused = status === 421 && (answer.status === 421 || answer.status === 400);
      assert.ok(isRefused || answer.status === status, `${host} ${target}: ${answer.text.slice(0, 200)}`);
      assert.equal(rigLog.steps > before, status === 200, `${host} ${target} ran`);
      if (rigLog.steps > before) effects++;
    }
    const open = await rawRequest(port, ["GET /api/health HTTP/1.1", "Host: evil.example"]);
    assert.equal(open.status, 200, "who watches whether the app lives need not know its name");
  });
  const own = CASES.filter(([, , status]) => status === 200).length;
  measured("A2", `${CASES.length} of ${CASES.length} hosts answered as listed, ${effects} runs for ${own} own names`);
});
