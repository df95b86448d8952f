/** A3: A page of a name that was rebound to this machine reaches nothing, though its Host and Origin agree. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { rawRequest, whileServed } from "../rig/raw_client.ts";
import { rigApp, rigPath } from "../rig/rig_app.ts";
import { rigLog } from "../rig/rig_module.ts";

Deno.test("A3: same-origin requests of a rebound name are refused before anything runs", async () => {
  const { access, handler } = await rigApp();
  const before = { ...rigLog };
  const names = ["evil.example", "a.localhost", "127.0.0.1.nip.io", "rebind.local"];
  let refused = 0;
  await whileServed(handler, async (port) => {
    access.port = port;
    for (const name of names) {
      for (const request of ["GET /", "GET /api/app", `POST ${rigPath("generate")}`]) {
        const headers = [
          `Host: ${name}:${port}`,
          `Origin: http://${name}:${port}`,
          "Sec-Fetch-Site: same-origin",
          "Content-Type: application/json",
          "Content-Length: 2",
        ];
        const answer = await rawRequest(port, [`${request} HTTP/1.1`, ...headers], "{}");
        assert.equal(answer.status, 421, `${name} ${request}`);
        refused++;
      }
    }
  });
  assert.deepEqual(rigLog, before);
  measured("A3", `${refused} of ${refused} requests of rebound names refused`);
});
