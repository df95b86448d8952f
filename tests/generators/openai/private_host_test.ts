import assert from "node:assert/strict";
import { openai } from "../../../lib/mod.ts";
import { placeOf } from "../../../lib/generators/openai/private_host.ts";

const INSIDE = [
  "127.0.0.1",
  "127.1",
  "0x7f.0.0.1",
  "2130706433",
  "017700000001",
  "0.0.0.0",
  "10.1.2.3",
  "172.16.0.1",
  "172.31.255.254",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "198.18.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "[::1]",
  "[::]",
  "[::ffff:127.0.0.1]",
  "[::ffff:a9fe:a9fe]",
  "[fc00::1]",
  "[fd12:3456::1]",
  "[fe80::1]",
  "[ff02::1]",
  "[64:ff9b::7f00:1]",
  "localhost",
  "LOCALHOST",
  "localhost.",
  "a.localhost",
  "printer.local",
  "metadata.google.internal",
  "router.home.arpa",
  "intranet",
];
const OUTSIDE = ["8.8.8.8", "172.32.0.1", "192.169.0.1", "[2606:4700::1111]", "[::ffff:8.8.8.8]", "100.128.0.1"];

Deno.test("every form of an inside address is known, and no outside one is taken for it", async () => {
  for (const host of INSIDE) assert.equal((await placeOf(new URL(`https://${host}/v1`))).isInside, true, host);
  for (const host of OUTSIDE) assert.equal((await placeOf(new URL(`https://${host}/v1`))).isInside, false, host);
  assert.equal((await placeOf(new URL("https://user.example:1@127.0.0.1:443/v1"))).isInside, true);
});

Deno.test("a module's inside base URL is refused in public, unless the environment names the same", async () => {
  const root = new URL("../../../", import.meta.url);
  const open = (baseUrl: string | undefined, environment: Record<string, string>) =>
    openai({ model: "m", mode: "completions", ...(baseUrl && { baseUrl }) }).check?.({
      baseUrl: root,
      rootUrl: root,
      cacheDir: ".tmp",
      isPublic: true,
      env: (name) => environment[name],
    });
  await assert.rejects(async () => await open("http://10.0.0.7/v1", {}), /10\.0\.0\.7.*OPENAI_BASE_URL/);
  await open("http://10.0.0.7/v1", { OPENAI_BASE_URL: "http://10.0.0.7/v1" });
  await open(undefined, { OPENAI_BASE_URL: "http://127.0.0.1:9/v1" });
});
