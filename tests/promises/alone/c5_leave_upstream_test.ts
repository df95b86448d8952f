/** C5: A client that leaves stops the server behind the app within 100 ms, so that nobody pays for tokens unread. */
import assert from "node:assert/strict";
import { startApp } from "../../rig/app_process.ts";
import { startFakeOpenAi } from "../../rig/fake_openai.ts";
import { quantile } from "../../rig/load.ts";
import { measured } from "../../rig/measured.ts";
import { timed } from "../../rig/quiet.ts";
import { until } from "../../rig/until.ts";

const LEAVERS = 20, LEFT_MS = 100;

Deno.test("C5: 20 clients leave runs of a server that would write on", async () => {
  const fake = startFakeOpenAi();
  const env = { OPENAI_BASE_URL: fake.url("slow"), OPENAI_API_KEY: "sk-canary-0123456789abcdef" };
  {
    await using app = await startApp({ modules: ["examples/openai/mod.ts"], env });
    const measure = async () => {
      const leftMs: number[] = [];
      for (let leaver = 0; leaver < LEAVERS; leaver++) {
        const before = fake.left.length;
        const body = { generator: "text", params: { max_tokens: 100 } };
        const answer = await app.call("/api/openai/generation/generate", { body });
        const reader = answer.body?.getReader() ?? assert.fail();
        for (let events = 0; events < 3; events++) await reader.read();
        const startedMs = performance.now();
        await reader.cancel();
        await until("the server behind is left", () => fake.left.length > before);
        leftMs.push((fake.left.at(-1) ?? Infinity) - startedMs);
      }
      return Math.ceil(quantile(leftMs, 1));
    };
    const { value, note } = await timed([app.pid], measure, (ms) => assert.ok(ms <= LEFT_MS, `${ms} ms`));
    measured("C5", `${LEAVERS} left, and the server behind was left within ${value} ms${note}`);
  }
  await fake.close();
});
