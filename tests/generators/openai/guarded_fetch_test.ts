/** What is read of a server: a long answer in one line, but no line and no answer without an end. */
import assert from "node:assert/strict";
import { Client } from "../../../lib/generators/openai/client.ts";
import { UpstreamError } from "../../../lib/generators/openai/upstream_error.ts";
import { deafFetch } from "../../rig/deaf_fetch.ts";
import { serveLoopback } from "../../rig/loopback.ts";

const MIB = 2 ** 20;
/** A JSON value of a little more than so many MiB, in one line. */
const json = (mebibytes: number) => `{"choices":[],"padding":"${"x".repeat(mebibytes * MIB)}"}`;

/** A client of a server of one answer. */
async function clientOf(body: string, type: string) {
  const server = serveLoopback(() => new Response(body, { headers: { "content-type": type } }));
  const baseUrl = new URL(`${server.origin}/v1`);
  const client = await Client.create({ baseUrl, key: undefined, timeoutMs: 60_000 });
  const close = async () => {
    client.close();
    await server.close();
  };
  return { client, close };
}

for (const type of ["application/json", "application/json; charset=utf-8"]) {
  Deno.test(`a long answer of one line is read whole: ${type}`, async () => {
    const { client, close } = await clientOf(json(5), type);
    const answer = await client.ask("/completions", {});
    assert.equal(Object.entries(answer ?? {}).find(([name]) => name === "padding")?.[1].length, 5 * MIB);
    await close();
  });
}

Deno.test("an answer of more than 64 MiB is given up, and the server named", async () => {
  const { client, close } = await clientOf(json(64), "application/json");
  await assert.rejects(client.ask("/completions", {}), (error) => {
    assert.ok(error instanceof UpstreamError);
    assert.equal(error.message, `${client.host} sent more than 64 MiB in one answer`);
    return true;
  });
  await close();
});

for (const type of ["text/event-stream", "text/plain"]) {
  Deno.test(`a stream's line that does not end is given up: ${type}`, async () => {
    const { client, close } = await clientOf(`data: ${json(5)}\n\n`, type);
    await assert.rejects(Array.fromAsync(client.stream("/completions", {})), {
      message: `${client.host} sent a line that does not end`,
    });
    await close();
  });
}

Deno.test("who leaves a stream that says nothing leaves at once, also where fetch no longer hears it", async () => {
  using _ = deafFetch();
  const left = Promise.withResolvers<void>();
  const server = serveLoopback(() => {
    const begun = new TextEncoder().encode('data: {"choices":[]}\n\n');
    const body = new ReadableStream({ start: (all) => all.enqueue(begun), cancel: () => left.resolve() });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
  const baseUrl = new URL(`${server.origin}/v1`);
  const client = await Client.create({ baseUrl, key: undefined, timeoutMs: 60_000 });
  const leaving = new AbortController();
  const parts = client.stream("/completions", {}, leaving.signal);
  assert.deepEqual((await parts.next()).value, { choices: [] });
  const next = parts.next();
  leaving.abort();
  assert.equal((await next).done, true);
  await left.promise;
  client.close();
  await server.close();
});
