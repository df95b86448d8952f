/** P3: With the rights of `deno task start:remote` no code runs programs or native code, writes anything but the counts of the caps, or reads other files and settings. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { taskFlags } from "../rig/start_app.ts";

const ROOT = new URL("../../", import.meta.url);
/** What each right that the task does not give would be used for. */
const DEEDS: readonly string[] = [
  'new Deno.Command("deno").spawn()',
  'Deno.dlopen("libc.so.6", {})',
  'Deno.readTextFileSync("/etc/passwd")',
  'Deno.writeTextFileSync("static/x", "")',
  'Deno.writeTextFileSync("../x", "")',
  'Deno.writeTextFileSync(".cache/x", "")',
  "Deno.hostname()",
  'Deno.env.get("PATH")',
];

Deno.test("P3: eight deeds under the task's own flags", async () => {
  const flags = await taskFlags("start:remote");
  const program = `for (const deed of ${JSON.stringify(DEEDS)}) {
    try { new Function(deed)(); console.log("done"); } catch (error) { console.log(error.name); }
  }`;
  const path = new URL(".tmp/deeds.js", ROOT);
  await Deno.mkdir(new URL(".tmp/", ROOT), { recursive: true });
  await Deno.writeTextFile(path, program);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, path.pathname],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const names = new TextDecoder().decode(stdout).trim().split("\n");
  assert.deepEqual(names, DEEDS.map(() => "NotCapable"));
  measured("P3", `${names.length} of ${DEEDS.length} deeds refused`);
});
