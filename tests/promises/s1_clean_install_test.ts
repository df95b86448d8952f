/** S1: A clean checkout installs, builds, starts and tests by the lock alone, without a network once all is in Deno's cache. */
import assert from "node:assert/strict";
import { cleanCopy } from "../rig/clean_copy.ts";
import { measured } from "../rig/measured.ts";
import { buildPagesOf, startApp, taskFlags } from "../rig/start_app.ts";

Deno.test("S1: deno ci, a build, a start and a test file of a copy, with the network closed", async () => {
  await using copy = await cleanCopy();
  const lock = await Deno.readTextFile(new URL("deno.lock", copy.url));
  for (const name of ["start", "start:remote", "build", "promises", "sbom", "test"]) {
    assert.ok((await taskFlags(name)).includes("--frozen"), `${name} keeps to the lock`);
  }
  await succeeds(copy.deno("ci"));
  const packages =
    [...Deno.readDirSync(new URL("node_modules/.deno/", copy.url))].filter(({ name }) => name.includes("@")).length;
  await buildPagesOf(copy.url);
  const flags = ["--cached-only", ...await taskFlags("start")];
  const app = await startApp({ cwd: copy.url, flags, args: ["--port", "0"] });
  const body = JSON.stringify({ prompt: "Anna was a", params: { max_tokens: 4, seed: 1 } });
  const init = { method: "POST", headers: { "content-type": "application/json" }, body };
  const answer = await fetch(`${app.origin}/api/alpaca/generation/generate`, init);
  assert.match(await answer.text(), /event: done\n/);
  assert.equal((await app.stop()).code, 0);
  await succeeds(
    copy.deno("test", "--cached-only", "--no-check", ...await taskFlags("test"), "tests/lm/sample_test.ts"),
  );
  assert.equal(await Deno.readTextFile(new URL("deno.lock", copy.url)), lock, "deno.lock is unchanged");
  measured("S1", `${packages} packages installed, built, started and tested, deno.lock unchanged`);
});

async function succeeds(running: Promise<{ readonly success: boolean; readonly output: string }>): Promise<void> {
  const { success, output } = await running;
  assert.ok(success, output);
}
