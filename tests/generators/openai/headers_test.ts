/** What a server is told besides what it is asked: nothing of the environment but the key that is meant for it. */
import assert from "node:assert/strict";
import { Client } from "../../../lib/generators/openai/client.ts";
import { serveLoopback } from "../../rig/loopback.ts";

/** What the openai package reads by itself. */
const CUSTOM = "OPENAI_CUSTOM_HEADERS";

Deno.test("no header that OPENAI_CUSTOM_HEADERS names reaches a server, and none replaces the key", async () => {
  const told: Headers[] = [];
  const server = serveLoopback((request) => {
    told.push(request.headers);
    return Response.json({ choices: [] });
  });
  const before = Deno.env.get(CUSTOM);
  Deno.env.set(CUSTOM, "x-canary: planted\nAuthorization: Bearer planted\nuser-agent: planted");
  try {
    const baseUrl = new URL(`${server.origin}/v1`);
    for (const key of ["own-key", undefined]) {
      const client = await Client.create({ baseUrl, key, timeoutMs: 60_000 });
      await client.ask("/completions", {});
      await client.stream("/completions", {}).next().catch(() => {}); // JSON is no stream; what it was sent counts.
      client.close();
    }
  } finally {
    if (before === undefined) Deno.env.delete(CUSTOM);
    else Deno.env.set(CUSTOM, before);
    await server.close();
  }
  assert.deepEqual(
    told.map((headers) => headers.get("authorization")),
    ["Bearer own-key", "Bearer own-key", "Bearer none", "Bearer none"],
  );
  for (const headers of told) {
    assert.equal(headers.get("content-type"), "application/json");
    assert.ok(![...headers.values()].some((value) => value.includes("planted")), Deno.inspect(headers));
  }
});
