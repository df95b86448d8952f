/** Where the library cannot be called directly, the portable driver runs the model, and the app says why. */
import "../../rig/quiet_runtime.ts";
import assert from "node:assert/strict";
import { checkRelease, OrtLibrary } from "../../../lib/generators/onnx/native/library.ts";
import { openModel } from "../../../lib/generators/onnx/open_model.ts";
import { type Driver, readSettings } from "../../../lib/generators/onnx/settings.ts";
import { decodeWire } from "../../../lib/lm/wire_text.ts";
import type { Readiness } from "../../../lib/server/registry.ts";
import { buildPages } from "../../rig/built_pages.ts";
import { readEvents } from "../../rig/read_events.ts";
import { startApp, taskRights } from "../../rig/start_app.ts";
import { CONTEXT, fixturePath, furthest, readGolden, topAfter } from "./tiny_models.ts";

const TOLERANCE = 1e-4;

/** As in a package of another release. */
const RELEASE = "1.31.0";

async function open(driver: Driver) {
  const settings = { ...readSettings(() => undefined), driver };
  const path = fixturePath("tiny_gpt2"), { cacheDir } = CONTEXT;
  const request = { path, precision: "fp32", device: "cpu", settings, cacheDir } as const;
  return await openModel(request, () => {}, new AbortController().signal);
}

Deno.test("a library of another release is not called: the portable driver gives PyTorch's numbers, with a note; who wants the native one is refused", async () => {
  const openLibrary = OrtLibrary.open;
  OrtLibrary.open = () => {
    checkRelease(RELEASE);
    return assert.fail("it was taken");
  };
  try {
    const { model, facts } = await open("auto");
    try {
      assert.equal(facts.driver, "binding");
      const reason = `Cannot use ONNX Runtime ${RELEASE}: expected a release of 1.30.x`;
      assert.equal(facts.notes?.[0], `the portable driver runs it, since the native one cannot: ${reason}`);
      for (const { ids, top10 } of readGolden("tiny_gpt2")) {
        const top = await topAfter(model, ids);
        assert.deepEqual(top.map(({ token }) => token.id), top10.ids);
        assert.ok(furthest(top.map(({ logprob }) => logprob), top10.logprobs) < TOLERANCE);
      }
    } finally {
      await model.close();
    }
    await assert.rejects(open("native"), {
      message: /^Cannot use .*model\.onnx by the native driver: Cannot use ONNX Runtime 1\.31\.0/,
    });
  } finally {
    OrtLibrary.open = openLibrary;
  }
});

Deno.test("an app that may load native code from its packages alone runs models by the portable driver, and says so", async () => {
  await buildPages();
  const rights = (await taskRights("start")).filter((flag) => flag !== "--allow-ffi");
  await using app = await startApp({
    flags: ["--no-prompt", ...rights, "--allow-ffi=node_modules"],
    args: ["--port", "0", "examples/poems/mod.ts"],
  });
  const answer = await fetch(`${app.origin}/api/poems/generation/generate`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ prompt: "The gulls", params: { max_tokens: 4 } }),
  });
  assert.equal((await readEvents(answer)).at(-1)?.type, "done");
  const ready = decodeWire(await (await fetch(`${app.origin}/api/ready`)).text()) as Readiness;
  const facts = ready.generators[0]?.facts;
  assert.equal(facts?.driver, "binding");
  assert.match(facts?.notes?.[0] ?? "", /^the portable driver runs it, since the native one cannot: .*ffi/);
});
