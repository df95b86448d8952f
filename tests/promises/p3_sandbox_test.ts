/**
 * P3: What the code of `deno task start` and of `start:remote` may not do they do not: run programs, write anything but what each
 * is given, or read other files and settings; `start:remote` runs no native code, and `start` reaches no other machine.
 */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { taskFlags } from "../rig/start_app.ts";

const ROOT = new URL("../../", import.meta.url);
/** What neither task gives the right to. */
const REFUSED: readonly string[] = [
  'new Deno.Command("deno").spawn()',
  'Deno.readTextFileSync("/etc/passwd")',
  'Deno.writeTextFileSync("static/x", "")',
  'Deno.writeTextFileSync("../x", "")',
  "Deno.hostname()",
  'Deno.env.get("PATH")',
];
const NATIVE = 'Deno.dlopen("libc.so.6", {})', CACHED = 'Deno.writeTextFileSync(".cache/x", "")';
const OTHERS = ["192.168.1.1", "169.254.169.254"].map((host) =>
  `await Deno.connect({ hostname: "${host}", port: 80 })`
);
const TASKS = { start: [...REFUSED, ...OTHERS], "start:remote": [...REFUSED, NATIVE, CACHED] } as const;
/** What `start` is given, as SECURITY.md tells: a port of this machine that nobody listens on is asked, not refused. */
const GRANTED = [NATIVE, 'await Deno.connect({ hostname: "127.0.0.1", port: 1 })'];

for (const [task, deeds] of Object.entries(TASKS)) {
  Deno.test(`P3: ${deeds.length} deeds under the own flags of deno task ${task}`, async () => {
    assert.deepEqual(await namesOf(task, deeds), deeds.map(() => "NotCapable"));
    measured("P3", `${deeds.length} of ${deeds.length} deeds refused to ${task}`);
  });
}

Deno.test("P3: what deno task start is given, native code and every port of this machine", async () => {
  assert.deepEqual(await namesOf("start", GRANTED), ["done", "ConnectionRefused"]);
});

/** How each of the deeds ends under a task's own flags: "done", or the name of what it throws. */
async function namesOf(task: string, deeds: readonly string[]): Promise<readonly string[]> {
  const program = `for (const deed of ${JSON.stringify(deeds)}) {
    try { await new Function(\`return (async () => { \${deed} })()\`)(); console.log("done"); }
    catch (error) { console.log(error.name); }
  }`;
  await Deno.mkdir(new URL(".tmp/", ROOT), { recursive: true });
  const path = new URL(`.tmp/deeds_${crypto.randomUUID()}.js`, ROOT);
  await Deno.writeTextFile(path, program);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...await taskFlags(task), path.pathname],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  await Deno.remove(path);
  return new TextDecoder().decode(stdout).trim().split("\n");
}
