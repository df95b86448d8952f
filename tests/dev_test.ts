/** `deno task dev` serves, and starts over only for what somebody changed. */
import assert from "node:assert/strict";
import { buildPages } from "./rig/built_pages.ts";
import { endOf } from "./rig/ends.ts";
import { GENERATE, runBody } from "./rig/load.ts";
import { taskEnv, taskFlags } from "./rig/start_app.ts";

Deno.test("deno task dev answers, and its own style sheet does not make it start over", async () => {
  await buildPages();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      ...await taskFlags("dev"),
      "dev.ts",
      "--port",
      "0",
      "examples/simple/mod.ts",
      "examples/poems/mod.ts",
      "tests/rig/slow_generator.ts",
    ],
    cwd: new URL("../", import.meta.url),
    env: { NO_COLOR: "1", ...await taskEnv("dev") },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const restart = textWith(child.stderr, "Restarting");
  try {
    const first = await Promise.race([textWith(child.stdout, "ready:"), restart]);
    const [, origin] = /ready: (http:\/\/127\.0\.0\.1:\d+)\//.exec(first) ?? assert.fail(first);
    assert.match(first, /^generator poems\/demo: onnx models\/demo; /m);
    const page = await fetch(`${origin}/simple/simple`);
    assert.match(await page.text(), /Really Easy Component/);
    // What a module drops ends nothing here either.
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify(runBody({ generator: "stray_promise", tokens: 3 }));
    const run = await fetch(origin + GENERATE, { method: "POST", headers, body });
    assert.match(await run.text(), /event: done/);
    assert.equal((await fetch(`${origin}/api/health`)).status, 200);
  } finally {
    child.kill("SIGINT");
    await endOf(child);
  }
  const complaints = await restart;
  assert.doesNotMatch(complaints, /Restarting/);
  assert.match(complaints, /"failure".*nobody waits for this/, "its developer reads the message");
});

/** What a stream says until it has said the word, or has ended. */
async function textWith(stream: ReadableStream<Uint8Array<ArrayBuffer>>, word: string): Promise<string> {
  let text = "";
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.includes(word)) break;
  }
  return text;
}
