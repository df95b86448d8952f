/** P2: `start`, `start:remote` and `build` give no right that nothing needs: each entry of each flag is asked for, and each flag missed. */
import assert from "node:assert/strict";
import { buildPages } from "../rig/built_pages.ts";
import { cleanCopy } from "../rig/clean_copy.ts";
import { startFakeOpenAi } from "../rig/fake_openai.ts";
import { type Access, allows, type Grant, grantsOf, readAccesses } from "../rig/grants.ts";
import { measured } from "../rig/measured.ts";
import { failStart, startApp, type StartedApp, taskFlags, taskRights } from "../rig/start_app.ts";

const ROOT = new URL("../../", import.meta.url);
const FOLDER = new URL(".cache/rights/", ROOT);
const OTHER_HOSTS = ["localhost", "::1", "0.0.0.0", "::"];
const TOKEN = "sixteen-or-more-characters";
/** How the value of a right is called in a query. */
const KEYS: Readonly<Record<string, string>> = {
  net: "host",
  read: "path",
  write: "path",
  env: "variable",
  sys: "kind",
  run: "command",
};
type Query = Pick<Grant, "right" | "value">;
/** What `deno task start` does not give. */
const NOT_GRANTED: readonly Query[] = [
  ...["net", "read", "write", "env", "sys", "run", "import"].map((right) => ({ right })),
  { right: "net", value: "example.org" },
  { right: "read", value: "/etc/passwd" },
  { right: "read", value: ".." },
  { right: "write", value: "." },
  { right: "env", value: "PATH" },
  { right: "sys", value: "hostname" },
  { right: "run", value: "deno" },
];

/** Models and rows that are fetched: they read names of the environment before they find that the network is closed. */
const FETCHING = fetching('{ far: onnx("nobody/nothing") }', "[generation(), datasetView()]");
const FETCHING_ROWS = fetching("{}", "[datasetView()]");

function fetching(generators: string, components: string): string {
  return `
import { datasetView, defineModule, generation, hubDataset, onnx } from "visuallm";
const dataset = { test: hubDataset("nobody/nothing") };
export default defineModule({
  name: "fetching",
  generators: ${generators},
  tasks: { rows: { dataset, prompt: () => "a" } },
  components: ${components},
});
`;
}

Deno.test("P2: each entry of each flag is asked for", async () => {
  await buildPages();
  await Deno.mkdir(FOLDER, { recursive: true });
  const fake = startFakeOpenAi();
  const record = (name: string) => new URL(`${name.replaceAll(":", "_")}.jsonl`, FOLDER).pathname;
  try {
    await Deno.writeTextFile(new URL("mod.ts", FOLDER), FETCHING);
    await generateEach({ OPENAI_BASE_URL: fake.url("ok"), DENO_AUDIT_PERMISSIONS: record("uses") });
    for (const HOST of OTHER_HOSTS) {
      const env = { HOST, PORT: "0", VISUALLM_TOKEN: TOKEN, DENO_AUDIT_PERMISSIONS: record(HOST) };
      // Not every machine has every address: asking for it is what counts.
      await startApp({ args: ["examples/simple/mod.ts"], env }).then((app) => app.stop(), () => {});
    }
    const accesses = (await Promise.all(["uses", ...OTHER_HOSTS].map((name) => readAccesses(record(name))))).flat();
    const grants = grantsOf(await taskRights("start"));
    const unused = unusedOf(grants, accesses);
    // Asking for it would leave this machine; it is the address that `openai()` has without one of its own.
    assert.deepEqual(unused, ["net api.openai.com"]);
    assert.match(
      await Deno.readTextFile(new URL("lib/generators/openai/openai.ts", ROOT)),
      /"https:\/\/api\.openai\.com\//,
    );
    measured(
      "P2",
      `${
        grants.length - unused.length
      } of ${grants.length} entries of start asked for, ${unused.length} named in its source`,
    );
  } finally {
    await fake.close();
    await Deno.remove(FOLDER, { recursive: true });
  }
});

Deno.test("P2: each entry of each flag of deno task start:remote is asked for", async () => {
  await buildPages();
  const fake = startFakeOpenAi();
  await Deno.mkdir(new URL(".cache/", ROOT), { recursive: true });
  const folder = await Deno.makeTempDir({ dir: new URL(".cache/", ROOT).pathname });
  const record = (name: string) => `${folder}/${name}.jsonl`;
  const rights = await taskRights("start:remote");
  const env = { PORT: "0", VISUALLM_DAILY_TOKENS: "99999999", OPENAI_BASE_URL: fake.url("ok") };
  try {
    {
      // As the task names it by a flag, which the set's other users need not.
      const module = { VISUALLM_MODULES: "examples/openai/mod.ts", DENO_AUDIT_PERMISSIONS: record("uses") };
      await using app = await startApp({ flags: await taskFlags("start:remote"), env: { ...env, ...module } });
      await generate(app, "openai/generation/generate");
    }
    await Deno.writeTextFile(`${folder}/mod.ts`, FETCHING_ROWS);
    {
      // No test leaves this machine.
      const flags = ["--no-prompt", ...rights.map((flag) => flag === "--allow-net" ? "--allow-net=127.0.0.1" : flag)];
      const options = { flags, args: [`${folder}/mod.ts`], env: { ...env, DENO_AUDIT_PERMISSIONS: record("rows") } };
      await using app = await startApp(options);
      assert.match(await rowsOf(app), /datasets-server\.huggingface\.co/);
    }
    const accesses = (await Promise.all(["uses", "rows"].map((name) => readAccesses(record(name))))).flat();
    const grants = grantsOf(rights);
    assert.deepEqual(unusedOf(grants, accesses), []);
    measured("P2", `${grants.length} of ${grants.length} of start:remote`);
  } finally {
    await fake.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("P2: each entry of each flag of deno task build is asked for, and the build fails without any one flag", async () => {
  await using copy = await cleanCopy();
  const installed = await copy.deno("ci");
  assert.ok(installed.success, installed.output);
  const record = new URL(".tmp/build.jsonl", copy.url).pathname;
  await Deno.mkdir(new URL(".tmp/", copy.url));
  // A sheet that stays the same is not written.
  await Deno.remove(new URL("static/twind.css", copy.url));
  const build = async (flags: readonly string[], env = {}) => {
    const args = ["run", "--no-prompt", ...flags, "dev.ts", "build"];
    const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: copy.url, env }).output();
    return { success, told: new TextDecoder().decode(stderr) };
  };
  const rights = await taskRights("build");
  const { success, told } = await build(rights, { DENO_AUDIT_PERMISSIONS: record });
  assert.ok(success, told);
  // Deno keeps no record of programs; that one is run shows below.
  const grants = grantsOf(rights).filter(({ right }) => right !== "run");
  assert.deepEqual(unusedOf(grants, await readAccesses(record), copy.url.pathname), []);
  for (const lost of rights) {
    const without = await build(rights.filter((right) => right !== lost));
    assert.equal(without.success, false, lost);
  }
  measured("P2", `${rights.length} of ${rights.length} flags of build`);
});

Deno.test("P2: without any one of its flags something is lost", async () => {
  const rights = await taskRights("start");
  for (const lost of rights) {
    const options = {
      flags: ["--no-prompt", ...rights.filter((right) => right !== lost)],
      args: ["--port", "0", "examples/poems/mod.ts"],
    };
    const name = lost.split("=")[0]?.replace("--allow-", "") ?? "";
    if (["net", "read", "env"].includes(name)) {
      const { code, stderr } = await failStart(options);
      assert.ok(code !== 0 && /to "net" of the task|may only read|Requires env access/.test(stderr), stderr);
    } else {
      await using app = await startApp(options);
      assert.match(app.lines.join("\n"), new RegExp(`missing: .*${name}`));
    }
  }
  measured("P2", `${rights.length} of ${rights.length} flags of start missed`);
});

Deno.test("P2: Deno takes each task's set for the flags that it stands for", async () => {
  for (const task of ["start", "start:remote", "build"]) {
    const asFlags = await taskRights(task);
    const queries = [...grantsOf(asFlags), ...NOT_GRANTED];
    const bySet = await statesOf(await taskFlags(task), queries);
    assert.deepEqual(bySet, await statesOf(["--no-prompt", ...asFlags], queries), task);
    assert.deepEqual(new Set(bySet.slice(0, -NOT_GRANTED.length)), new Set(["granted"]), task);
    if (task === "start") assert.deepEqual(new Set(bySet.slice(-NOT_GRANTED.length)), new Set(["denied"]));
  }
});

/** Of each query, whether a process with the flags is granted it. */
async function statesOf(flags: readonly string[], queries: readonly Query[]): Promise<readonly string[]> {
  const descriptors = queries.map(({ right, value }) => ({
    name: right,
    ...(value && { [KEYS[right] ?? ""]: value }),
  }));
  const program = `console.log(JSON.stringify(${JSON.stringify(descriptors)}.map((each) =>
    Deno.permissions.querySync(each).state === "granted" ? "granted" : "denied")))`;
  await Deno.mkdir(new URL(".tmp/", ROOT), { recursive: true });
  const path = await Deno.makeTempFile({ dir: new URL(".tmp/", ROOT).pathname, suffix: ".js" });
  try {
    await Deno.writeTextFile(path, program);
    const args = ["run", ...flags, path];
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
    assert.equal(new TextDecoder().decode(stderr), "");
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(path);
  }
}

/** The grants that no access needs. */
function unusedOf(grants: readonly Grant[], accesses: readonly Access[], root = ROOT.pathname): readonly string[] {
  const isAsked = (grant: Grant) => accesses.some((access) => allows(grant, access, root));
  return grants.filter((grant) => !isAsked(grant)).map(({ right, value }) => `${right} ${value}`);
}

async function generateEach(env: Readonly<Record<string, string>>): Promise<void> {
  const caps = { VISUALLM_DAILY_TOKENS: "99999", VISUALLM_CACHE: ".cache/rights/cache" };
  const modules = ["examples/poems/mod.ts", "examples/openai/mod.ts", ".cache/rights/mod.ts"];
  await using app = await startApp({ args: modules, env: { PORT: "0", ...caps, ...env } });
  for (const module of ["poems", "openai", "fetching"]) await generate(app, `${module}/generation/generate`);
  await rowsOf(app);
}

async function rowsOf({ origin }: StartedApp): Promise<string> {
  return await (await fetch(`${origin}/api/fetching/dataset/samples`)).text();
}

async function generate(app: StartedApp, path: string): Promise<void> {
  const init = { method: "POST", body: '{"prompt":"Snow"}', headers: { "content-type": "application/json" } };
  await (await fetch(`${app.origin}/api/${path}`, init)).text();
}
