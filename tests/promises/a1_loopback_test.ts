/** A1: The app listens on this machine alone, and does not start on another address without a token or a proxy. */
import assert from "node:assert/strict";
import { readConfig } from "../../lib/server/config.ts";
import { measured } from "../rig/measured.ts";
import { failStart } from "../rig/start_app.ts";

const OPEN_HOSTS = ["0.0.0.0", "::", "[::]", "192.168.1.5", "box.lan", "127.0.0.1.evil.example"];

Deno.test("A1: loopback by default; any other address exits with 2 and one sentence", async () => {
  const config = readConfig([], () => undefined);
  assert.ok(config !== "help" && config.host === "127.0.0.1");
  for (const host of OPEN_HOSTS) {
    assert.throws(() => readConfig(["--host", host], () => undefined), /without VISUALLM_TOKEN/, host);
    const withToken = readConfig(["--host", host, "--token", "sixteen-or-more-characters"], () => undefined);
    assert.ok(withToken !== "help");
  }
  const { code, stderr } = await failStart({ args: ["--host", "0.0.0.0", "--port", "0"] });
  assert.equal(code, 2);
  assert.match(stderr.trim(), /^Cannot listen on 0\.0\.0\.0 without VISUALLM_TOKEN[^\n]*$/);
  measured("A1", `${OPEN_HOSTS.length} of ${OPEN_HOSTS.length} open addresses refused, exit code ${code}`);
});
