/** What is wrong with a request is told in one shape, with the field, its value and what was expected. */
import assert from "node:assert/strict";
import { chat, defineModule, logitTable } from "../../lib/mod.ts";
import { openRequest, whileServed } from "../rig/raw_client.ts";
import { readProblem } from "../rig/read_events.ts";
import { rigApp, rigPath } from "../rig/rig_app.ts";
import { until } from "../rig/until.ts";

Deno.test("POST generate names the field, the value and what was expected", async () => {
  const { post } = await rigApp();
  const cases: readonly [unknown, number, string | undefined, RegExp][] = [
    [{ task: "x" }, 422, "task", /"x".*"copy"/],
    [{ task: "__proto__" }, 422, "task", /__proto__/],
    [{ split: "x" }, 422, "split", /"x".*"test"/],
    [{ sample: 99 }, 422, "sample", /3 samples.*got 99/],
    [{ sample: -1 }, 422, "sample", /whole number from 0, got -1/],
    [{ sample: "a" }, 422, "sample", /got "a"/],
    [{ generator: "x" }, 422, "generator", /"x".*"table"/],
    [{ params: { temperature: 5 } }, 422, "params.temperature", /from 0 to 2, got 5/],
    [{ params: { top_k: "x" } }, 422, "params.top_k", /whole number from 0 to 200, got "x"/],
    [{ params: { top_p: null } }, 422, "params.top_p", /got null/],
    [{ params: { foo: 1 } }, 422, "params.foo", /no such field, only temperature, top_p, .*max_tokens, /],
    [{ params: [] }, 422, "params", /params/],
    [{ bla: 1 }, 422, "bla", /no such field, only task, split, sample, /],
    [{ split: "gone" }, 503, undefined, /gone\.jsonl/],
    [[], 422, undefined, /expected an object/],
    ["null", 422, undefined, /expected an object, got null/],
    ['{"a":', 400, undefined, /line 1, column 6/],
    ['{"__proto__":{}}', 422, "__proto__", /no such field/],
    ["[".repeat(100), 400, undefined, /./],
    [JSON.stringify({ prompt: "a".repeat(1_100_000) }), 413, undefined, /1048576 bytes/],
  ];
  for (const [body, status, field, detail] of cases) {
    const shown = JSON.stringify(body).slice(0, 80);
    const problem = await readProblem(await post(rigPath("generate"), body));
    assert.equal(problem.status, status, shown);
    assert.equal(problem.field, field, shown);
    assert.match(problem.detail, detail, shown);
  }
});

Deno.test("a name that is refused is repeated only as far as it tells which it was, with its length", async () => {
  const { fetch, post } = await rigApp();
  const long = "n".repeat(100_000),
    path = rigPath("generate"),
    samples = rigPath("generate").replace("generate", "samples");
  const answers = [
    await post(path, { [long]: 1 }),
    await post(path, { params: { [long]: 1 } }),
    await post(path, { split: long }),
    await fetch(`${samples}?${"n".repeat(4_000)}=1`),
  ];
  for (const answer of answers) {
    assert.ok([404, 422].includes(answer.status));
    const text = await answer.text();
    assert.match(text, /nnn… \((1000\d\d|4000) characters\)/, text.slice(0, 200));
    assert.ok(text.length < 1_000, `${text.length} characters`);
  }
});

Deno.test("unknown modules, components and API paths are 404 problems, wrong methods 405 with Allow", async () => {
  const { fetch, post } = await rigApp();
  for (const path of ["/api/nope/generation/generate", "/api/rig/nope/generate", "/api/constructor/x/generate"]) {
    assert.equal((await readProblem(await post(path, {}))).status, 404, path);
  }
  assert.equal((await readProblem(await fetch("/api/nothing"))).status, 404);
  const wrong = await fetch(rigPath("generate"));
  assert.equal(wrong.headers.get("allow"), "POST");
  assert.equal((await readProblem(wrong)).status, 405);
});

Deno.test("a module without tasks says so where one is asked for", async () => {
  const generators = { one: logitTable({ vocabulary: ["a"], logits: () => [0] }) };
  const chats = defineModule({ name: "chats", generators, components: [chat({ prompt: () => "a" })] });
  const { post } = await rigApp({ modules: [chats] });
  const { detail, field } = await readProblem(await post("/api/chats/chat/generate", { prompt: "a" }));
  assert.deepEqual([field, detail], ["task", 'Cannot use task: module "chats" has no task']);
});

Deno.test("a body that is not JSON by its type is refused", async () => {
  const { post } = await rigApp();
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"]) {
    const problem = await readProblem(await post(rigPath("generate"), {}, { headers: { "content-type": type } }));
    assert.equal(problem.status, 415, type);
  }
});

Deno.test("pages tell of a wrong name with the status and what would be right", async () => {
  const { fetch } = await rigApp();
  const cases: readonly [string, number, RegExp][] = [
    ["/rig/nope", 404, /Cannot find component &quot;nope&quot;|Cannot find component "nope"/],
    ["/nope/generation", 404, /Cannot find module/],
    ["/rig/generation?split=x", 422, /has none named/],
    ["/rig/generation?sample=abc", 422, /whole number from 0/],
    ["/rig/generation?temperature=9", 422, /from 0 to 2/],
    ["/no/such/page/at/all", 404, /There is no such page/],
    ["/nope", 404, /There is no such page/],
  ];
  for (const [path, status, text] of cases) {
    const response = await fetch(path);
    assert.equal(response.status, status, path);
    assert.match(await response.text(), text, path);
  }
});

Deno.test("every answer carries the security headers, and no page an inline script or style without a nonce", async () => {
  const { fetch, post } = await rigApp();
  const answers = [
    await fetch("/rig/generation"),
    await fetch("/rig/nope"),
    await fetch("/api/health"),
    await fetch("/api/nothing"),
    await fetch("/favicon.svg"),
    await post(rigPath("generate"), {}),
    await post(rigPath("generate"), "{"),
  ];
  for (const answer of answers) {
    const policy = answer.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/, answer.url);
    assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval|upgrade-insecure-requests/);
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
    const text = await answer.text();
    if (answer.headers.get("content-type")?.startsWith("text/html") === true) {
      for (const [tag] of text.matchAll(/<(script|style)\b[^>]*>/g)) assert.match(tag, /nonce=/);
      assert.doesNotMatch(text, / style="/);
    }
  }
});

Deno.test("what cannot be loaded is named on ready, and the rest works", async () => {
  const { fetch } = await rigApp();
  const response = await fetch("/api/ready");
  const report = await response.json();
  assert.equal(report.status, "degraded");
  const missing = report.generators.find(({ name }: { name: string }) => name === "missing");
  assert.equal(missing.state, "failed");
  assert.match(missing.detail, /models\/nowhere/);
  assert.equal(report.generators.find(({ name }: { name: string }) => name === "table").state, "idle");
  assert.match(JSON.stringify(report.datasets), /gone\.jsonl/);
});

Deno.test("who leaves in the middle of a body is a client that left, and no failure of the app", async () => {
  const { access, handler, logged } = await rigApp();
  await whileServed(handler, async (port) => {
    access.port = port;
    const headers = { "content-type": "application/json", "content-length": "100" };
    const connection = await openRequest(port, "POST", rigPath("generate"), headers, '{"task":');
    connection.close();
    await until("the request is over", () => logged.length > 0);
  });
  const [line, ...more] = logged.map((each) => JSON.parse(each));
  assert.deepEqual([line.event, line.status, line.code, more], ["request", 400, "Body cut off", []]);
});
