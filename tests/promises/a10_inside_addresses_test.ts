/** A10: No server of the app's own network is reached that its start did not name, and a key goes to its own origin alone. */
import assert from "node:assert/strict";
import { openai } from "../../lib/mod.ts";
import { Client } from "../../lib/generators/openai/client.ts";
import { placeOf } from "../../lib/generators/openai/private_host.ts";
import { UpstreamError } from "../../lib/generators/openai/upstream_error.ts";
import { FakeClock } from "../rig/fake_clock.ts";
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
  const seen: { readonly host: string | null; readonly path: string; readonly key: string | null }[] = [];
  const { port, close } = serveLoopback((request) => {
    const { pathname } = new URL(request.url);
    const { headers } = request;
    seen.push({ host: headers.get("host"), path: pathname, key: headers.get("authorization") });
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

  await t.step("a name is refused for any of what it stands for", async () => {
    const addresses = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "::ffff:a00:1", "fd00::1"];
    const standingFor = (...all: string[]) => placeOf(new URL("https://api.example/v1"), () => Promise.resolve(all));
    for (const address of addresses) {
      assert.equal((await standingFor("8.8.8.8", address)).isInside, true, address);
    }
    assert.deepEqual(await standingFor("8.8.8.8"), { isInside: false, addresses: ["8.8.8.8"] });
  });

  await t.step("it is looked up again before each request, and the request goes to what was checked", async () => {
    // Stands for an address outside: nothing but the check knows this name, so that whoever looked it up again would fail.
    let standsFor = "127.0.0.1";
    const checkPlace = () =>
      standsFor === "10.0.0.1" ? Promise.reject(new UpstreamError("inside now")) : Promise.resolve(standsFor);
    const baseUrl = new URL(`http://api.example:${outside.port}/ok/v1`);
    const client = await Client.create({ baseUrl, key: KEY, timeoutMs: 60_000, checkPlace });
    const before = outside.seen.length;
    await client.ask("/x", {});
    standsFor = "::1";
    await assert.rejects(client.ask("/x", {}), /The way to api\.example:\d+ failed/, "nobody is at the other address");
    standsFor = "127.0.0.1";
    await client.ask("/x", {});
    standsFor = "10.0.0.1";
    await assert.rejects(client.ask("/x", {}), /inside now/);
    client.close();
    const came = outside.seen.slice(before).map(({ host, path }) => `${host}${path}`);
    assert.deepEqual(came, Array(2).fill(`api.example:${outside.port}/ok/v1/x`));
  });

  await t.step("over https nothing is sent to a server that does not prove its name", async () => {
    // Whoever turns a name to an address inside finds a server there that has no certificate of that name.
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const baseUrl = new URL(`https://127.0.0.1:${listener.addr.port}/v1`);
    const clock = new FakeClock();
    const client = await Client.create({ baseUrl, key: KEY, timeoutMs: 300, clock });
    const asking = assert.rejects(client.ask("/x", {}), /gave no answer within 0.3 s/);
    using connection = await listener.accept();
    const bytes = new Uint8Array(4096), count = await connection.read(bytes) ?? 0;
    const [HANDSHAKE, HELLO] = [22, 1];
    assert.deepEqual([bytes[0], bytes[5]], [HANDSHAKE, HELLO]);
    const sent = new TextDecoder("latin1").decode(bytes.subarray(0, count));
    assert.ok(count < bytes.length && !sent.includes("POST") && !sent.includes(KEY), "all that came is a hello");
    await clock.pass(300);
    await asking;
  });

  await outside.close();
  await inside.close();
  const told = `${urls.length} addresses refused, ${urls.length} redirects to them, 0 followed, 0 keys elsewhere`;
  measured("A10", `${told}; a name that changes its address reached where it was checked`);
});
