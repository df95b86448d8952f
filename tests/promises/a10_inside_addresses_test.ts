/** A10: No server of the app's own network is reached that its start did not name, and a key goes to its own origin alone. */
import assert from "node:assert/strict";
import { openai } from "../../lib/mod.ts";
import { Client } from "../../lib/generators/openai/client.ts";
import { isPrivate } from "../../lib/generators/openai/private_host.ts";
import { UpstreamError } from "../../lib/generators/openai/upstream_error.ts";
import { measured } from "../rig/measured.ts";
import { serveLoopback } from "../rig/loopback.ts";

const KEY = "sk-canary-0123456789abcdef";
const HERE = new URL("file:///nowhere/");
/** Ways to write an address inside; PORT is that of a server that counts who comes. */
const INSIDE: readonly string[] = [
  "http://127.0.0.1:PORT/v1",
  "http://127.1:PORT/v1",
  "http://127.0.1:PORT/v1",
  "http://0x7f.1:PORT/v1",
  "http://0x7f000001:PORT/v1",
  "http://2130706433:PORT/v1",
  "http://017700000001:PORT/v1",
  "http://0177.0.0.01:PORT/v1",
  "http://127%2e0.0.1:PORT/v1",
  "http://①②⑦.⓪.⓪.①:PORT/v1",
  "http://127。0。0。1:PORT/v1",
  "http://127.0.0.1.:PORT/v1",
  "http://localhost:PORT/v1",
  "http://LOCALHOST:PORT/v1",
  "http://localhost.:PORT/v1",
  "http://x.localhost:PORT/v1",
  "http:127.0.0.1:PORT/v1",
  "http://127.0.0.1:PORT\\@api.example/v1",
  "http://127.0.0.1:PORT#@api.example/v1",
  "http://api.example@127.0.0.1:PORT/v1",
  "http://api.example:443@127.0.0.1:PORT/v1",
  "http://[::1]:PORT/v1",
  "http://[0:0:0:0:0:0:0:1]:PORT/v1",
  "http://[::ffff:127.0.0.1]:PORT/v1",
  "http://[::ffff:7f00:1]:PORT/v1",
  "http://[::127.0.0.1]:PORT/v1",
  "http://[::ffff:0:127.0.0.1]:PORT/v1",
  "http://[64:ff9b::127.0.0.1]/v1",
  "http://[2002:7f00:1::]/v1",
  "http://0/v1",
  "http://0.0.0.0:PORT/v1",
  "http://10.0.0.1/v1",
  "http://172.16.0.1:22/v1",
  "http://172.31.255.254/v1",
  "https://192.168.1.1:443/v1",
  "http://100.64.0.1/v1",
  "http://169.254.169.254/latest/meta-data",
  "http://[fd00:ec2::254]/latest/meta-data",
  "http://metadata.google.internal/computeMetadata/v1",
  "http://[fe80::1]/v1",
];
const STATUSES = [301, 302, 303, 307, 308];

function contextOf(isPublic: boolean, env: Record<string, string> = {}) {
  return {
    baseUrl: HERE,
    rootUrl: HERE,
    cacheDir: "",
    isPublic,
    env: (name: string) => ({ RIG_KEY: KEY, ...env })[name],
  };
}

/** A server that tells who came, and sends whoever asks for `/NUMBER/v1` elsewhere. */
function startCounting(elsewhere: (number: number) => string) {
  const seen: { readonly path: string; readonly key: string | null }[] = [];
  const { port, close } = serveLoopback((request) => {
    const { pathname } = new URL(request.url);
    seen.push({ path: pathname, key: request.headers.get("authorization") });
    const number = Number(/^\/go(\d+)\//.exec(pathname)?.[1]);
    if (Number.isNaN(number)) return Response.json({});
    return new Response(null, { status: STATUSES[number % 5] ?? 302, headers: { location: elsewhere(number) } });
  });
  return { seen, port, close };
}

Deno.test("A10: 40 addresses inside: named by a module, redirected to, and stood for by a name", async (t) => {
  const inside = startCounting(() => "");
  const urls = INSIDE.map((url) => url.replace("PORT", String(inside.port)));
  // A header holds no other letters than Latin ones.
  const asHeader = (url: string) => /^[\x20-\x7e]*$/.test(url) ? url : new URL(url).href;
  const outside = startCounting((number) => asHeader(urls[number] ?? ""));

  await t.step("a module may name none of them where strangers reach the app", async () => {
    for (const baseUrl of urls) {
      const source = openai({ model: "m", baseUrl, apiKeyEnv: "RIG_KEY" });
      await assert.rejects(source.open(contextOf(true)), /Cannot use the base URL/, baseUrl);
      await assert.rejects(async () => await source.check?.(contextOf(true)), /Cannot use the base URL/, baseUrl);
    }
    assert.deepEqual(inside.seen, []);
    const named = `http://127.0.0.1:${inside.port}/v1`;
    await openai({ model: "m" }).check?.(contextOf(true, { OPENAI_BASE_URL: named }));
  });

  await t.step("no redirect is followed to any of them, and the key stays with its own origin", async () => {
    for (const number of urls.keys()) {
      const baseUrl = `http://127.0.0.1:${outside.port}/go${number}/v1`;
      const source = openai({ model: "m", baseUrl, apiKeyEnv: "RIG_KEY" });
      await assert.rejects(source.open(contextOf(false)), /redirect/, urls[number]);
    }
    assert.equal(outside.seen.length, urls.length, "one request each, and none again");
    assert.ok(outside.seen.every(({ key }) => key === `Bearer ${KEY}`));
    assert.deepEqual(inside.seen, []);
    // The servers work: whoever does follow arrives.
    await (await fetch(`http://127.0.0.1:${outside.port}/go0/v1`)).text();
    assert.equal(inside.seen.length, 1);
  });

  await t.step("a name is refused for what it stands for, and again when that changes", async () => {
    const addresses = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "::ffff:a00:1", "fd00::1"];
    for (const address of addresses) {
      assert.ok(
        await isPrivate(new URL("https://api.example/v1"), () => Promise.resolve(["8.8.8.8", address])),
        address,
      );
    }
    assert.equal(await isPrivate(new URL("https://api.example/v1"), () => Promise.resolve(["8.8.8.8"])), false);
    let standsFor = "8.8.8.8";
    const baseUrl = new URL(`http://127.0.0.1:${outside.port}/ok/v1`);
    const checkPlace = async () => {
      const isInside = await isPrivate(new URL("http://api.example/"), () => Promise.resolve([standsFor]));
      if (isInside) throw new UpstreamError("inside now");
    };
    const client = await Client.create({ baseUrl, key: KEY, timeoutMs: 2_000, checkPlace });
    await client.ask("/x", {});
    const before = outside.seen.length;
    standsFor = "10.0.0.1";
    await assert.rejects(client.ask("/x", {}), /inside now/);
    assert.equal(outside.seen.length, before);
  });

  await outside.close();
  await inside.close();
  measured("A10", `${urls.length} addresses refused, ${urls.length} redirects to them, 0 followed, 0 keys elsewhere`);
});
