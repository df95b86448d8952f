/** S3: No install script runs; without ONNX Runtime's native file the app tells the command that brings it, and runs all else. */
import assert from "node:assert/strict";
import { cleanCopy } from "../rig/clean_copy.ts";
import { startFakeOpenAi } from "../rig/fake_openai.ts";
import { measured } from "../rig/measured.ts";
import { startApp, taskFlags } from "../rig/start_app.ts";

const MODULES = ["alpaca", "openai", "elements"].map((name) => `examples/${name}/mod.ts`);
const NATIVE_FILE = /(onnxruntime_binding\.node|libonnxruntime\.[^/]*|onnxruntime\.dll)$/;
const BODY = { prompt: "Anna", params: { max_tokens: 3 } };

Deno.test("S3: install, remove the file, start, ask, and follow the advice", async () => {
  await using copy = await cleanCopy();
  const fake = startFakeOpenAi();
  try {
    const { success, output } = await copy.deno("ci");
    assert.ok(success && !/\bscripts?\b/.test(output), output);
    assert.deepEqual(await readJson("deno.json", "allowScripts"), { deny: await scripted() }, "each is denied by name");
    assert.ok((await copy.deno("run", ...await taskFlags("build"), "dev.ts", "build")).success);
    let removed = 0;
    for (const path of await nativeFiles(new URL("node_modules/.deno/", copy.url))) {
      await Deno.remove(path);
      removed++;
    }
    assert.ok(removed > 0);
    const env = { OPENAI_BASE_URL: fake.url("ok") };
    const app = await startApp({ cwd: copy.url, args: ["--port", "0", ...MODULES], env });
    const advice = /^generator alpaca\/demo: .*Cannot run ONNX models, .* is missing: run "(deno [^"]+)"$/m;
    const [, command = ""] = advice.exec(app.lines.join("\n")) ?? [];
    const ask = async (path: string, body: object) => {
      const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
      const answer = await fetch(`${app.origin}/api/${path}`, init);
      return { status: answer.status, text: await answer.text() };
    };
    const refused = await ask("alpaca/generation/generate", BODY);
    assert.equal(refused.status, 503);
    assert.ok(refused.text.includes(`run \\"${command}\\"`), refused.text);
    assert.match((await ask("openai/generation/generate", { ...BODY, generator: "text" })).text, /event: done\n/);
    assert.equal((await fetch(`${app.origin}/elements/tables`).then((page) => page.text())).includes("<table"), true);
    await app.stop();
    assert.ok((await copy.deno(...command.split(" ").slice(1))).success, command);
    await using again = await startApp({ cwd: copy.url, args: ["--port", "0", ...MODULES], env });
    assert.doesNotMatch(again.lines.join("\n"), /missing: run/);
    measured("S3", `without ${removed} native files told "${command}", which brings them back; other generators ran`);
  } finally {
    await fake.close();
  }
});

async function readJson(file: string, field: string): Promise<object> {
  return JSON.parse(await Deno.readTextFile(new URL(`../../${file}`, import.meta.url)))[field];
}

/** The packages of the lock that have a script to run when they are installed. */
async function scripted(): Promise<readonly string[]> {
  const packages = Object.entries(await readJson("deno.lock", "npm"));
  return packages.filter(([, { scripts }]) => scripts === true).map(([id]) => `npm:${id.replace(/@[^@]+$/, "")}`);
}

async function nativeFiles(folder: URL): Promise<readonly URL[]> {
  const found: URL[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory && (name.startsWith("onnxruntime-node@") || !folder.pathname.endsWith("/.deno/"))) {
      found.push(...await nativeFiles(new URL(`${encodeURIComponent(name)}/`, folder)));
    } else if (NATIVE_FILE.test(name)) found.push(new URL(name, folder));
  }
  return found;
}
