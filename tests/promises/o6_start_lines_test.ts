/** O6: The start tells address, access, rights, and each generator with its limits, in at most 12 lines. */
import assert from "node:assert/strict";
import { buildPages } from "../rig/built_pages.ts";
import { measured } from "../rig/measured.ts";
import { startApp, type StartOptions, taskFlags, taskRights } from "../rig/start_app.ts";

const LINE_LIMIT = 12;
const PORT = ["--port", "0"];

Deno.test("O6: with every right, with caps, with few rights and a token, and with more than there is room for", async () => {
  await buildPages();
  const alone = await linesOf({ args: PORT });
  assert.match(alone[0] ?? "", /^visuallm: http:\/\/127\.0\.0\.1:\d+\/$/);
  assert.deepEqual(alone.slice(1), [
    "access: this machine only, no token",
    "rights: native code may run, outside of Deno's sandbox; missing: none",
    "modules: alpaca, persona_chat",
    "generator alpaca/demo: onnx models/demo; 8 runs at once, 32 may wait",
    "generator persona_chat/demo: onnx models/demo; 8 runs at once, 32 may wait",
  ]);

  const caps = [
    "--daily-tokens",
    "9000",
    "--client-minute-requests",
    "20",
    "--cache",
    ".cache/start_lines",
    "--log-content",
    "1",
  ];
  const capped = await linesOf({ args: [...PORT, ...caps, "examples/openai/mod.ts"], env: { OPENAI_API_KEY: "sk-x" } });
  const limits = "at most 9000 tokens a day, 20 calls a minute a client";
  assert.equal(capped[3], "log: with the messages of failures, which may quote rows and prompts");
  assert.deepEqual(capped.slice(5), [
    `generator openai/chat: openai OPENAI_MODEL; ${limits}`,
    `generator openai/text: openai OPENAI_MODEL; ${limits}`,
  ]);
  await Deno.remove(new URL("../../.cache/start_lines", import.meta.url), { recursive: true });

  const few = await linesOf({
    flags: await taskFlags("start:remote"),
    args: [...PORT, "--slots", "1", "--queue", "0", "examples/poems/mod.ts", "examples/openai/mod.ts"],
    env: { VISUALLM_TOKEN: "sixteen-or-more-characters" },
  });
  assert.match(few[0] ?? "", /^visuallm: http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32} \(works once\)$/);
  const lacks =
    "Cannot reach api.openai.com without a key: set OPENAI_API_KEY in the environment, or OPENAI_BASE_URL to another server";
  assert.deepEqual(few.slice(1), [
    "access: token needed",
    "rights: all code runs in Deno's sandbox; missing: ffi (models of this process), " +
    "write ./.cache (what is downloaded, indexes of large files), sys cpus (copies of models that load sooner); " +
    "the task's permissions in deno.json give them",
    "modules: poems, openai",
    "generator poems/demo: onnx models/demo: Cannot run models in this process, as native code may not run: " +
    'start it with "deno task start", or add "ffi" to the task\'s permissions in deno.json',
    `generator openai/chat: openai OPENAI_MODEL: ${lacks}`,
    `generator openai/text: openai OPENAI_MODEL: ${lacks}`,
  ]);
  const narrow = ["--no-prompt", ...(await taskRights("start")).filter((flag) => flag !== "--allow-ffi")];
  const folder = await linesOf({
    flags: [...narrow, "--allow-ffi=node_modules"],
    args: [...PORT, "examples/poems/mod.ts"],
  });
  assert.equal(folder[2], "rights: native code may run, outside of Deno's sandbox; missing: none");

  const modules = ["alpaca", "persona_chat", "poems", "openai", "simple", "elements"].map((name) =>
    `examples/${name}/mod.ts`
  );
  const many = await linesOf({ args: [...PORT, ...modules] });
  measured("O6", `${alone.length}, ${capped.length}, ${few.length} and ${many.length} lines, limit ${LINE_LIMIT}`);
});

async function linesOf(options: StartOptions): Promise<readonly string[]> {
  await using app = await startApp(options);
  assert.ok(app.lines.length <= LINE_LIMIT, app.lines.join("\n"));
  return app.lines;
}
