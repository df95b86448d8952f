/** What a server may have made, and billed, is not asked for again. */
import assert from "node:assert/strict";
import { Client } from "../../../lib/generators/openai/client.ts";
import { UpstreamError } from "../../../lib/generators/openai/upstream_error.ts";
import { serveLoopback } from "../../rig/loopback.ts";

/** The fault of an ask, and how many requests it took. */
async function refused(answer: () => Response, isStream = false) {
  let requests = 0;
  const server = serveLoopback(() => {
    requests++;
    return answer();
  });
  const baseUrl = new URL(`${server.origin}/v1`);
  const client = await Client.create({ baseUrl, key: undefined, timeoutMs: 60_000 });
  const asked = isStream ? Array.fromAsync(client.stream("/completions", {})) : client.ask("/completions", {});
  const fault = await asked.then(() => assert.fail("it was answered"), (error: unknown) => error);
  client.close();
  await server.close();
  assert.ok(fault instanceof UpstreamError, String(fault));
  return { fault, requests };
}

/** An answer that is lost after its first bytes. */
function lost(): Response {
  let isSent = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (isSent) return controller.error(new Error("the server drops the connection"));
      isSent = true;
      controller.enqueue(new TextEncoder().encode('{"choices":'));
    },
  }, { highWaterMark: 0 });
  return new Response(body, { headers: { "content-type": "application/json" } });
}

Deno.test("an answer that is lost once it has begun is not asked for again", async () => {
  const { fault, requests } = await refused(lost);
  assert.deepEqual([requests, fault.isConnection], [1, true]);
});

for (const status of [504, 522, 524]) {
  Deno.test(`a gateway that gave up waiting is not asked again, and told as a time that is over: ${status}`, async () => {
    for (const isStream of [false, true]) {
      const answer = () => new Response("<h1>late</h1>", { status, headers: { "retry-after-ms": "1" } });
      const { fault, requests } = await refused(answer, isStream);
      assert.deepEqual([requests, fault.isTimeout, fault.status], [1, true, status]);
      assert.match(fault.message, new RegExp(`answered ${status}, as a gateway gave up waiting`));
    }
  });
}

Deno.test("a gateway that does not reach its server is asked again", async () => {
  const { fault, requests } = await refused(
    () => new Response("bad gateway", { status: 502, headers: { "retry-after-ms": "1" } }),
  );
  assert.deepEqual([requests, fault.isTimeout], [3, false]);
});
