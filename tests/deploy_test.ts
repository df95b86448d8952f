/** The app as Deno Deploy runs it: the built server, three permissions, a model behind an address, nothing native. */
import assert from "node:assert/strict";
import { buildPages } from "./rig/built_pages.ts";
import { startFakeOpenAi } from "./rig/fake_openai.ts";
import { freePort } from "./rig/loopback.ts";
import { endOf } from "./rig/ends.ts";

const ROOT = new URL("../", import.meta.url);
const KEY = "sk-canary-0123456789abcdef";
const TOKEN = "canary-token-0123456789";
const REQUESTS = 1000;
const MEMORY_MEGABYTES = 512;

Deno.test({
  name: "the deploy profile serves every page and 1,000 requests with --allow-net --allow-read --allow-env alone",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await buildPages();
    const fake = startFakeOpenAi();
    const port = freePort();
    const permissions = ["--no-prompt", "--allow-net", "--allow-read", "--allow-env"];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["serve", ...permissions, "--host", "127.0.0.1", "--port", String(port), "_fresh/server.js"],
      cwd: ROOT,
      clearEnv: true,
      env: {
        HOME: Deno.env.get("HOME") ?? "/",
        ...(Deno.env.has("DENO_DIR") ? { DENO_DIR: Deno.env.get("DENO_DIR") ?? "" } : {}),
        NO_COLOR: "1",
        DENO_NO_UPDATE_CHECK: "1",
        DENO_DEPLOY: "true",
        DENO_DEPLOYMENT_ID: "rig",
        PORT: String(port),
        VISUALLM_TOKEN: TOKEN,
        OPENAI_BASE_URL: fake.url("ok"),
        OPENAI_API_KEY: KEY,
      },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const output = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    const origin = `http://127.0.0.1:${port}`;
    const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
    const call = async (path: string, body?: object) => {
      const init = body === undefined ? { headers } : { headers, method: "POST", body: JSON.stringify(body) };
      const response = await fetch(origin + path, init);
      return { status: response.status, text: await response.text() };
    };
    try {
      await answers(`${origin}/api/health`);
      const refused = await fetch(`${origin}/`);
      assert.equal(refused.status, 401);
      await refused.body?.cancel();
      const pages = ["generation", "next-token", "chat", "persona"].map((name) => `/openai/${name}`);
      const task = { generator: "text", params: { max_tokens: 5 } };
      const turn = { messages: [{ role: "user", content: "hi" }], params: { max_tokens: 5 } };
      const calls: (readonly [path: string, body?: object])[] = [
        ...pages.map((path) => [path] as const),
        ["/api/ready"],
        ["/api/openai/generation/generate", task],
        ["/api/openai/generation/generate", { ...task, generator: "chat" }],
        ["/api/openai/generation/score", { generator: "text", completion: " abc" }],
        ["/api/openai/next-token/next_token", { generator: "text" }],
        ["/api/openai/chat/chat", turn],
        ["/api/openai/persona/chat", turn],
      ];
      let sent = 0;
      const client = async () => {
        while (sent < REQUESTS) {
          const [path, body] = calls[sent++ % calls.length] ?? assert.fail();
          const { status, text } = await call(path, body);
          // It is not ready while the first request opens a model.
          const isLoading = path === "/api/ready" && status === 503 && text.includes('"status":"loading"');
          if (!isLoading) assert.equal(status, 200, `${path}: ${text.slice(0, 300)}`);
          assert.ok(!text.includes("canary") && !text.includes("NotCapable"), path);
          if (path.endsWith("generate") || path.endsWith("chat/chat")) assert.match(text, /event: done\n/, path);
        }
      };
      await Promise.all(Array.from({ length: 8 }, client));
      const maps = await Deno.readTextFile(`/proc/${child.pid}/maps`);
      assert.doesNotMatch(maps, /onnxruntime|\.node\b/, "nothing native is loaded");
      const peak = Number(/VmHWM:\s+(\d+)/.exec(await Deno.readTextFile(`/proc/${child.pid}/status`))?.[1]) / 1024;
      console.log(`peak memory: ${Math.round(peak)} MB`);
      assert.ok(peak <= MEMORY_MEGABYTES, `${peak} MB`);
    } finally {
      child.kill("SIGTERM");
      await endOf(child);
      const [stdout, stderr] = await output;
      await fake.close();
      assert.ok(!`${stdout}${stderr}`.includes("canary"), "no key and no token in the log");
      assert.doesNotMatch(stderr, /NotCapable|Requires .* access/);
    }
  },
});

async function answers(url: string): Promise<void> {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline;) {
    try {
      const response = await fetch(url);
      await response.body?.cancel();
      if (response.ok) return;
    } catch {
      // It does not listen yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`${url} does not answer`);
}
