/** A8: No path leads out of the folders that the app serves, however it is written. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { rawRequest, whileServed } from "../rig/raw_client.ts";
import { rigApp } from "../rig/rig_app.ts";

const UP = ["../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "..\\", "%252e%252e%252f", "....//", "..;/", ".%00./"];
const BEFORE = ["/", "/static/", "/_fresh/", "/rig/", "/api/rig/", "//"];

Deno.test("A8: 60 ways up from six folders", async () => {
  const { access, handler } = await rigApp();
  const secret = (await Deno.readTextFile(new URL("../../deno.json", import.meta.url))).slice(0, 40);
  let tried = 0;
  await whileServed(handler, async (port) => {
    access.port = port;
    for (const before of BEFORE) {
      for (const up of UP) {
        for (const target of [`${before}${up}deno.json`, `${before}${up.repeat(6)}etc/passwd`]) {
          const { status, text } = await rawRequest(port, [`GET ${target} HTTP/1.1`, `Host: localhost:${port}`]);
          assert.equal(status, 404, target);
          assert.ok(!text.includes(secret) && !text.includes("root:"), target);
        }
        tried++;
      }
    }
  });
  measured("A8", `${tried} encodings, each to a near and a far file, 0 read`);
});
