/** What the docs show runs, and nothing of the public API is missing from the reference. */
import assert from "node:assert/strict";
import { DEFAULT_PARAMS, type NumericParam, PARAM_RANGES } from "../lib/lm/params.ts";
import { PROMPT_BYTES } from "../lib/lm/wire.ts";
import { LIMITS } from "../lib/server/entry/limits.ts";
import { camelCase } from "../lib/lm/wire_text.ts";
import { allows, grantsOf } from "./rig/grants.ts";
import { rigApp, rigPath } from "./rig/rig_app.ts";
import { taskRights } from "./rig/start_app.ts";

const ROOT = new URL("../", import.meta.url);
const DOCS = ["docs/api.md", "docs/first_module.md", "docs/gpu.md", "docs/reference.md"];
/** What it shows asks a server that no test has. */
const CHECKED_DOCS = ["docs/serving.md"];

Deno.test("each snippet of the docs type-checks and runs", async () => {
  const decoder = new TextDecoder();
  for (const args of [["test", "-A", "--doc", "--quiet", ...DOCS], ["check", "--doc-only", ...CHECKED_DOCS]]) {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args,
      cwd: ROOT,
      env: { NO_COLOR: "1" },
    }).output();
    assert.ok(success, decoder.decode(stdout) + decoder.decode(stderr));
  }
});

Deno.test("each address that the docs start the app with may be listened on", async () => {
  const grants = grantsOf(await taskRights("start"));
  let found = 0;
  for await (const { name } of Deno.readDir(new URL("docs/", ROOT))) {
    if (!name.endsWith(".md")) continue;
    for (const [, value = ""] of (await Deno.readTextFile(new URL(`docs/${name}`, ROOT))).matchAll(/^HOST=(\S+) /gm)) {
      assert.ok(grants.some((grant) => allows(grant, { right: "net", value }, ROOT.pathname)), `${name}: ${value}`);
      found++;
    }
  }
  assert.ok(found > 0);
});

Deno.test("the API's page has each route of the API, and none that is not there", async () => {
  const routes: string[] = [];
  const folders = ["", "[module]/[component]/"];
  for (const folder of folders) {
    for await (const { name, isFile } of Deno.readDir(new URL(`routes/api/${folder}`, ROOT))) {
      const path = `${folder}${name.replace(/\.ts$/, "")}`.replaceAll("[", "{").replaceAll("]", "}");
      if (isFile && !name.startsWith("[")) routes.push(`/api/${path}`);
    }
  }
  const page = await Deno.readTextFile(new URL("docs/api.md", ROOT));
  const told = [...page.matchAll(/^\| `(?:GET|POST) (\S+)`/gm)].map(([, path = ""]) => path);
  // A stream of a developer's page is its own.
  const open = routes.filter((path) => !path.endsWith("/events"));
  assert.deepEqual(told.toSorted(), open.toSorted());
});

Deno.test("the API's page tells the range and the default of each numeric param", async () => {
  const page = await Deno.readTextFile(new URL("docs/api.md", ROOT));
  const told = [...page.matchAll(/^\| `(\w+)` +\| (\S+) +\| (\S+) +\| (-?[\d.]+)/gm)].map((
    [, name = "", ...numbers],
  ) => [
    camelCase(name),
    ...numbers.map(Number),
  ]);
  const names = Object.keys(PARAM_RANGES) as NumericParam[];
  assert.deepEqual(
    told,
    names.map((name) => [name, PARAM_RANGES[name].min, PARAM_RANGES[name].max, DEFAULT_PARAMS[name]]),
  );
});

Deno.test("the API's page names each field of a step, a score and a next token, and what a prompt may take", async () => {
  const page = await Deno.readTextFile(new URL("docs/api.md", ROOT));
  const { post } = await rigApp();
  const answer = async (call: string, body: object) => await (await post(rigPath(call), body)).json();
  const next = await answer("next_token", { limit: 1, find: "a" }), score = await answer("score", { top: 1 });
  const fields = [next, next.step, score].flatMap((each) => Object.keys(each));
  assert.ok(
    ["rest_final_logprob", "null_logprobs", "vocabulary_size"].every((name) => fields.includes(name)),
    `${fields}`,
  );
  assert.deepEqual([...new Set(fields)].filter((name) => !page.includes(`\`${name}\``)), []);
  assert.ok(page.includes(`${PROMPT_BYTES.toLocaleString("en")} bytes`));
});

Deno.test("the API's page has each limit that /api/ready tells, and no other", async () => {
  const page = await Deno.readTextFile(new URL("docs/api.md", ROOT));
  const [, table = ""] = page.split("\n## Limits\n");
  const told = [...table.matchAll(/^\| `(\w+)` +\| ([\d,]+) +\|/gm)];
  assert.deepEqual(
    told.map(([, name = "", most = ""]) => [camelCase(name), Number(most.replaceAll(",", ""))]),
    Object.entries(LIMITS),
  );
});

Deno.test("the reference names every export of the public API in a heading, and nothing else", async () => {
  const api = await Deno.readTextFile(new URL("lib/mod.ts", ROOT));
  const exported = [...api.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, names = ""]) =>
    names.split(",").map((name) => name.replace("type ", "").trim()).filter((name) => name !== "")
  );
  const reference = await Deno.readTextFile(new URL("docs/reference.md", ROOT));
  const headings = [...reference.matchAll(/^### (.*)$/gm)].flatMap(([, heading = ""]) =>
    [...heading.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name)
  );
  assert.deepEqual(headings.toSorted(), exported.toSorted());
});

Deno.test("a misspelt sample field, input name or element option fails the type check, at its place", async () => {
  const folder = new URL("tests/fixtures/type_errors/", ROOT);
  const wrong = [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();
  assert.ok(wrong.length >= 3);
  // The fixtures are excluded from the project's own check, and what is excluded is never checked in its place.
  const place = await Deno.makeTempDir();
  for (const name of wrong) await Deno.copyFile(new URL(name, folder), `${place}/${name}`);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "check",
      "--quiet",
      `--config=${new URL("deno.json", ROOT).pathname}`,
      ...wrong.map((name) => `${place}/${name}`),
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  assert.equal(success, false);
  const text = new TextDecoder().decode(stderr);
  for (const name of wrong) {
    // Each fixture marks the line at fault.
    const lines = (await Deno.readTextFile(new URL(name, folder))).split("\n");
    const line = lines.findIndex((each) => each.includes("misspelt")) + 1;
    assert.match(text, new RegExp(`${name}:${line}:`), text);
  }
  await Deno.remove(place, { recursive: true });
});
