/** O3: Each request is one JSON line with its route, status, time, bytes, tokens and code, and without any content. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { rigApp, rigPath } from "../rig/rig_app.ts";

Deno.test("O3: prompts, names, headers and line ends of requests stay out of the log", async () => {
  const { fetch, post, logged } = await rigApp();
  const path = rigPath("generate");
  const bodies = [{ prompt: "canary ", params: { max_tokens: 7 } }, { canary: 1 }, { task: "canary\n{}" }, {
    generator: "failing",
    prompt: "canary ",
  }];
  for (const body of bodies) await (await post(path, body)).text();
  await (await fetch("/canary/%0a%7b%22event%22:1%7d?canary=%0a", { headers: { canary: "canary" } })).text();
  const lines = logged.map((line) => JSON.parse(line));
  const requests = lines.filter(({ event }) => event === "request");
  assert.equal(requests.length, bodies.length + 1);
  for (const line of logged) assert.ok(!line.includes("canary") && !line.includes("\n"));
  assert.deepEqual(requests.map(({ tokens }) => tokens).slice(0, 1), [7]);
  assert.deepEqual(requests.map(({ status, code }) => [status, code]), [
    [200, undefined],
    [422, "Invalid request"],
    [422, "Invalid request"],
    [200, "Generator failed"],
    [404, "Not found"],
  ]);
  measured("O3", `${requests.length} requests, one line each, 0 with content`);
});
