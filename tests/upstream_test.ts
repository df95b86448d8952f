/** `deno task start:upstream`: what can be checked where upstream Fresh cannot be fetched. */
import assert from "node:assert/strict";
import { problemWith, upstreamConfig } from "../tools/start_upstream.ts";
import { serveLoopback } from "./rig/loopback.ts";

Deno.test("only the specifiers of fresh change, and keep their paths", async () => {
  const text = await Deno.readTextFile(new URL("../deno.json", import.meta.url));
  const before = JSON.parse(text);
  const after = JSON.parse(upstreamConfig(text));
  assert.equal(after.imports["fresh"], "jsr:@fresh/core@2.3.3");
  assert.equal(after.imports["fresh/runtime"], "jsr:@fresh/core@2.3.3/runtime");
  assert.equal(after.imports["fresh/dev"], "jsr:@fresh/core@2.3.3/dev");
  const rest = (imports: Record<string, string>) =>
    Object.fromEntries(Object.entries(imports).filter(([name]) => name !== "fresh" && !name.startsWith("fresh/")));
  assert.deepEqual({ ...after, imports: rest(after.imports) }, { ...before, imports: rest(before.imports) });
});

Deno.test("an unreachable registry is told with its reason, a reachable one is no problem", async () => {
  const { origin, close } = serveLoopback(({ url }) => new Response("{}", { status: url.endsWith("/ok") ? 200 : 403 }));
  assert.equal(await problemWith(`${origin}/ok`), undefined);
  assert.equal(await problemWith(`${origin}/no`), "it answers 403");
  await close();
  assert.match(await problemWith(`${origin}/ok`) ?? "", /refused/i);
});
