/** Stepping over the API and as plain pages, on the rig's table. */
import assert from "node:assert/strict";
import type { NextToken } from "../../lib/lm/next.ts";
import { decodeWire } from "../../lib/lm/wire_text.ts";
import { readProblem } from "../rig/read_events.ts";
import { type RigApp, rigApp } from "../rig/rig_app.ts";

const CALL = "/api/rig/next-token/next_token", PAGE = "/rig/next-token";

async function next(rig: RigApp, body: unknown): Promise<NextToken> {
  const response = await rig.post(CALL, body);
  assert.equal(response.status, 200, await response.clone().text());
  return decodeWire(await response.text()) as NextToken;
}

Deno.test("POST next_token gives the distribution after prompt and path", async () => {
  const rig = await rigApp();
  const { prompt, path, step, vocabularySize } = await next(rig, { sample: 0, path: [3], limit: 3 });
  assert.deepEqual(prompt?.map(({ text }) => text), ["a", "b", "c", " "]);
  assert.deepEqual(path.map(({ text }) => text), ["d"]);
  assert.equal(vocabularySize, 30);
  // The rig's table gives the letter after the last one a logit of 2, and every other one 0 or −1.
  assert.equal(step.top[0]?.token.text, "e");
  const odds = Math.exp(2) / (Math.exp(2) + 28 + Math.exp(-1));
  assert.ok(Math.abs(Math.exp(step.top[0]?.logprob ?? 0) - odds) < 1e-6);
});

Deno.test("POST next_token leaves the prompt's tokens out for who has them, and nothing else", async () => {
  const rig = await rigApp();
  const { prompt: _, ...told } = await next(rig, { sample: 0, path: [3], limit: 3 });
  assert.deepEqual(await next(rig, { sample: 0, path: [3], limit: 3, prompt_tokens: false }), told);
});

Deno.test("POST next_token names what is wrong with a path, a limit or a generator", async () => {
  const rig = await rigApp();
  const cases: readonly [unknown, number, string][] = [
    [{ path: [30] }, 422, "path"],
    [{ path: [-1] }, 422, "path.0"],
    [{ path: "1,2" }, 422, "path"],
    [{ path: Array.from({ length: 80 }, () => 1) }, 422, "path"],
    [{ limit: 0 }, 422, "limit"],
    [{ offset: -1 }, 422, "offset"],
    [{ find: 7 }, 422, "find"],
    [{ find: "/(/" }, 422, "find"],
    [{ find: "/(a{100}){100}/" }, 422, "find"],
    [{ prompt_tokens: 1 }, 422, "prompt_tokens"],
    [{ params: { logit_bias: { 30: 1 } } }, 422, "params.logit_bias"],
    [{ params: { order: ["top_k", "top_k"] } }, 422, "params.order"],
    [{ generator: "mute" }, 422, "generator"],
  ];
  for (const [body, status, field] of cases) {
    const problem = await readProblem(await rig.post(CALL, body));
    assert.equal(problem.status, status, JSON.stringify(body));
    assert.equal(problem.field, field, JSON.stringify(body));
  }
});

Deno.test("the page works as plain links: each candidate leads to the page after it", async () => {
  const { fetch } = await rigApp();
  const html = await (await fetch(`${PAGE}?task=copy&split=test&sample=0&generator=table&path=3`)).text();
  assert.match(html, /href="[^"]*&amp;path=3,4"/);
  assert.match(html, /aria-label="‹e›, p 0\.2\d\d, rank 1"/);
  const bad = await fetch(`${PAGE}?path=1,x`);
  assert.equal(bad.status, 422);
  assert.match(await bad.text(), /token ids between commas, got &quot;x&quot;|got "x"/);
  const outside = await fetch(`${PAGE}?path=99`);
  assert.equal(outside.status, 422);
  assert.match(await outside.text(), /token id 99: the vocabulary ends at 29/);
});

Deno.test("a pattern finds tokens; one that cannot be used is told on the page, and the list is there", async () => {
  const rig = await rigApp();
  const { found } = await next(rig, { sample: 0, path: [3], find: "/^[x-z]$/", limit: 1 });
  assert.deepEqual(found?.map(({ token }) => token.text).toSorted(), ["x", "y", "z"]);
  const page = await rig.fetch(
    `${PAGE}?task=copy&split=test&sample=0&generator=table&path=3&find=${encodeURIComponent("/(/")}`,
  );
  assert.equal(page.status, 422);
  const html = await page.text();
  assert.match(html, /role="status"[^>]*>Cannot use the pattern \/\(\/: it ends too early|is not closed/);
  assert.match(html, /aria-label="‹e›, p 0\.2\d\d, rank 1"/);
});

Deno.test("own text in the page's form leads to the path of its tokens", async () => {
  const { fetch } = await rigApp();
  const answer = await fetch(`${PAGE}?task=copy&split=test&sample=0&generator=table&path=3&append=yes`, {
    redirect: "manual",
  });
  assert.equal(answer.status, 303);
  assert.match(answer.headers.get("location") ?? "", /&path=3,24,4,18$/);
});

Deno.test("banned and biased tokens and another order are in the address, and the page shows what they did", async () => {
  const rig = await rigApp();
  const html = await (await rig.fetch(
    `${PAGE}?sample=0&path=3&logit_bias=4:ban,0:2&top_k=2&order=top_k,logit_bias,temperature,repetition_penalty,frequency_penalty,presence_penalty,top_p,min_p`,
  )).text();
  // "e" is in the two that top_k keeps, and is banned after it; "a" gains 2, but top_k has removed it before.
  assert.match(html, /data-candidate="4"[^>]*aria-label="[^"]*removed by logit_bias"/);
  assert.match(html, /aria-label="Allow [^"]*"/);
  assert.match(html, /order of the processors, changed/);
  assert.match(html, /2 changed|3 changed/);
  const refused = await rig.fetch(`${PAGE}?sample=0&logit_bias=4:much`);
  assert.equal(refused.status, 422);
  assert.match(await refused.text(), /Cannot use logit_bias .*4:much/);
  const outside = await rig.fetch(`${PAGE}?sample=0&logit_bias=999:ban`);
  assert.match(await outside.text(), /Cannot bias token id 999: the vocabulary ends at 29/);
});
