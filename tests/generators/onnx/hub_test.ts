import assert from "node:assert/strict";
import type { LoadProgress } from "../../../lib/generators/generator.ts";
import { download } from "../../../lib/generators/onnx/download.ts";
import { onnx } from "../../../lib/generators/onnx/onnx.ts";
import { collect, CONTEXT, ENDLESS, fixturePath, idsOf } from "./tiny_models.ts";
import { deafFetch } from "../../rig/deaf_fetch.ts";
import { serveLoopback } from "../../rig/loopback.ts";
import { withExternal } from "../../rig/onnx_bytes.ts";
import { until } from "../../rig/until.ts";

/** A hub on this machine that has one model, and what was asked of it. */
function startHub() {
  const requests: string[] = [];
  const route = new URLPattern({ pathname: "/acme/tiny/resolve/v1/:path+" });
  const { origin, close } = serveLoopback(async (request) => {
    const path = route.exec(request.url)?.pathname.groups.path;
    requests.push(`${request.method} ${path ?? request.url}`);
    try {
      const bytes = await Deno.readFile(`${fixturePath("tiny_gpt2")}/${path ?? "none"}`);
      return new Response(bytes, { headers: { "content-length": `${bytes.length}` } });
    } catch {
      return new Response("Entry not found", { status: 404 });
    }
  });
  return { requests, host: `${origin}/`, close };
}

Deno.test("a hub model is downloaded once, with progress, and then comes from the cache", async () => {
  const hub = startHub();
  const cacheDir = await Deno.makeTempDir();
  const source = onnx("acme/tiny", { revision: "v1" });
  const open = async (hubHost: string) => {
    const progress: LoadProgress[] = [];
    const generator = await source.open({ ...CONTEXT, cacheDir, hubHost, onProgress: (step) => progress.push(step) });
    try {
      const params = { ...ENDLESS, maxTokens: 5, temperature: 0 };
      return { progress, ids: idsOf(await collect(generator.generate({ prompt: "The", params, top: 1 }))) };
    } finally {
      await generator.close();
    }
  };
  try {
    const first = await open(hub.host);
    assert.ok(hub.requests.includes("GET onnx/model.onnx"), hub.requests.join());
    const fractions = first.progress.flatMap(({ fraction }) => fraction ?? []);
    assert.ok(fractions.length > 0 && fractions.every((fraction) => fraction >= 0 && fraction <= 1));
    assert.equal(Math.max(...fractions), 1);
    assert.deepEqual(first.progress.at(-1), { phase: "ready" });

    hub.requests.length = 0;
    const second = await open(hub.host);
    assert.deepEqual(hub.requests, []);
    assert.deepEqual(second.ids, first.ids);
  } finally {
    await hub.close();
    await Deno.remove(cacheDir, { recursive: true });
  }
});

Deno.test("a hub that cannot be reached, or has no such model, is told by name", async () => {
  const hub = startHub();
  const cacheDir = await Deno.makeTempDir();
  try {
    const context = { ...CONTEXT, cacheDir, hubHost: hub.host };
    await assert.rejects(onnx("acme/gone").open(context), { message: /acme\/gone/ });
    await hub.close();
    await assert.rejects(onnx("acme/tiny", { revision: "v1" }).open(context), { message: /acme\/tiny/ });
  } finally {
    await hub.close().catch(() => {});
    await Deno.remove(cacheDir, { recursive: true });
  }
});

/** A hub whose branch moves, and which model files it was asked for, with their commits; one may be in its head alone. */
function startMovingHub() {
  const state = { head: "a".repeat(40), hasWeights: true, headOnly: "" };
  const asked: string[] = [];
  const route = new URLPattern({ pathname: "/acme/tiny/resolve/:revision/:path+" });
  const { origin, close } = serveLoopback(async (request) => {
    const { revision = "", path = "" } = route.exec(request.url)?.pathname.groups ?? {};
    const commit = revision === "main" ? state.head : revision;
    asked.push(`${path} of ${commit[0]}`);
    const isGone = path.includes("onnx/") && !state.hasWeights ||
      path === state.headOnly && commit !== state.head;
    const bytes = await Deno.readFile(`${fixturePath("tiny_gpt2")}/${path}`).catch(() => undefined);
    if (isGone || bytes === undefined) return new Response("Entry not found", { status: 404 });
    return new Response(bytes, { headers: { "x-repo-commit": commit } });
  });
  return { state, asked, host: `${origin}/`, close };
}

Deno.test("a model's files are of the commit that came first, also after a failed try, in each precision", async () => {
  const hub = startMovingHub();
  const cacheDir = await Deno.makeTempDir();
  const context = { ...CONTEXT, cacheDir, hubHost: hub.host };
  try {
    hub.state.hasWeights = false;
    await assert.rejects(onnx("acme/tiny").open(context), { message: /no such file in revision "main"/ });
    Object.assign(hub.state, { head: "b".repeat(40), hasWeights: true });
    for (const precision of ["fp32", "fp16"] as const) {
      await (await onnx("acme/tiny", { precision }).open(context)).close();
    }
    assert.ok(hub.asked.includes("onnx/model_fp16.onnx of a"), hub.asked.join());
    assert.deepEqual(hub.asked.filter((each) => each.endsWith("of b")), []);
    const sha256 = { "onnx/model.onnx": "0".repeat(64) };
    await assert.rejects(onnx("acme/tiny", { sha256 }).open(context), {
      message: /expected SHA-256 0{64}, got .*files are of commit a{40}: remove .*acme\/tiny\/main to fetch others/,
    });
  } finally {
    await hub.close();
    await Deno.remove(cacheDir, { recursive: true });
  }
});

Deno.test("what an earlier try has left counts towards what a model may take", async () => {
  const hub = startMovingHub();
  const cacheDir = await Deno.makeTempDir();
  const context = { ...CONTEXT, cacheDir, hubHost: hub.host };
  // Room for the weights, not for the tokenizer beside them.
  const { size } = await Deno.stat(`${fixturePath("tiny_gpt2")}/onnx/model.onnx`);
  const source = onnx("acme/tiny", { downloadMegabytes: size / 2 ** 20 });
  try {
    hub.state.hasWeights = false;
    await assert.rejects(source.open(context), { message: /no such file/ });
    hub.state.hasWeights = true;
    await assert.rejects(source.open(context), {
      message: /model\.onnx: it is larger than the \d+ bytes that are left/,
    });
  } finally {
    await hub.close();
    await Deno.remove(cacheDir, { recursive: true });
  }
});

Deno.test("a hash of a file that no model has is refused", () => {
  const sha256 = "0".repeat(64);
  for (const file of ["model.onnx", "onnx/model_q8.onnx", "onnx/model.onnx_data_0", "onnx/model.onnx_data_x"]) {
    assert.throws(() => onnx("acme/tiny", { sha256: { [file]: sha256 } }), {
      name: "TypeError",
      message:
        /^Cannot use the SHA-256 of ".*": a model has no such file; expected one of config\.json, .*onnx\/model\.onnx/,
    });
  }
  for (
    const file of [
      "config.json",
      "onnx/model_q4f16.onnx",
      "onnx/model.onnx_data",
      "onnx/model_fp16.onnx_data_12",
      "onnx/model.onnx.data",
    ]
  ) {
    onnx("acme/tiny", { sha256: { [file]: sha256 } });
  }
});

Deno.test("a file that is refused by its size is not sent any further", async () => {
  let isCancelled = false;
  const { origin, close } = serveLoopback(() => {
    const body = new ReadableStream({
      start: (all) => all.enqueue(new Uint8Array(8)),
      cancel: () => void (isCancelled = true),
    });
    return new Response(body, { headers: { "content-length": "1000" } });
  });
  const folder = await Deno.makeTempDir();
  try {
    const request = { url: new URL(origin), path: `${folder}/file`, mostBytes: 999 };
    await assert.rejects(download(request), { name: "RangeError", message: /larger than the 999 bytes/ });
    await until("the server's body is cancelled", () => isCancelled);
  } finally {
    await close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a file that came to the branch after the model's commit is told as missing in that commit, with the way out", async () => {
  const hub = startMovingHub();
  const cacheDir = await Deno.makeTempDir();
  const context = { ...CONTEXT, cacheDir, hubHost: hub.host };
  const open = async () => await (await onnx("acme/tiny", { precision: "fp16" }).open(context)).close();
  try {
    await (await onnx("acme/tiny").open(context)).close();
    Object.assign(hub.state, { head: "b".repeat(40), headOnly: "onnx/model_fp16.onnx" });
    await assert.rejects(open(), {
      message: /model_fp16\.onnx: .*no such file in commit a{40}, .*: remove .*acme\/tiny\/main to fetch others$/,
    });
    await Deno.remove(`${cacheDir}/models/acme/tiny/main`, { recursive: true });
    await open();
  } finally {
    await hub.close();
    await Deno.remove(cacheDir, { recursive: true });
  }
});

/** A hub whose model has these files in place of the fixture's. */
function startHubWith(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>) {
  const asked: string[] = [];
  const route = new URLPattern({ pathname: "/acme/tiny/resolve/main/:path+" });
  const { origin, close } = serveLoopback(async (request) => {
    const path = decodeURIComponent(route.exec(request.url)?.pathname.groups.path ?? "none");
    asked.push(path);
    const bytes = files.get(path) ?? await Deno.readFile(`${fixturePath("tiny_gpt2")}/${path}`).catch(() => undefined);
    return bytes === undefined ? new Response("Entry not found", { status: 404 }) : new Response(bytes);
  });
  return { asked, host: `${origin}/`, close };
}

/** The fixture's graph, with four more bytes of weights in each of these places. */
async function graphWith(locations: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array = await Deno.readFile(`${fixturePath("tiny_gpt2")}/onnx/model.onnx`);
  for (const location of locations) bytes = withExternal(bytes, { location, elements: 1 });
  return Uint8Array.from(bytes);
}

Deno.test("weights beside the graph are fetched from where the graph says, whatever their names", async () => {
  const cacheDir = await Deno.makeTempDir();
  const locations = ["model.onnx.data", "model.onnx.data", "./part/weights #1.bin"];
  const parts = ["onnx/model.onnx.data", "onnx/part/weights #1.bin"];
  const files = new Map([["onnx/model.onnx", await graphWith(locations)]]);
  const hub = startHubWith(files);
  const context = { ...CONTEXT, cacheDir, hubHost: hub.host };
  try {
    await assert.rejects(onnx("acme/tiny").open(context), {
      message: /acme\/tiny\/onnx\/model\.onnx\.data: the hub has no such file in revision "main"/,
    });
    for (const part of parts) files.set(part, new Uint8Array(4));
    hub.asked.length = 0;
    await (await onnx("acme/tiny").open(context)).close();
    assert.deepEqual(hub.asked.filter((path) => path.startsWith("onnx/")), parts);
    assert.deepEqual(
      await Deno.readFile(`${cacheDir}/models/acme/tiny/main/onnx/part/weights #1.bin`),
      new Uint8Array(4),
    );
  } finally {
    await hub.close();
    await Deno.remove(cacheDir, { recursive: true });
  }
});

Deno.test("weights that lead out of the model's folder are not asked for", async () => {
  for (const location of ["../config.json", "/etc/hosts", "part/../../x", ""]) {
    const cacheDir = await Deno.makeTempDir();
    const hub = startHubWith(new Map([["onnx/model.onnx", await graphWith([location])]]));
    try {
      await assert.rejects(onnx("acme/tiny").open({ ...CONTEXT, cacheDir, hubHost: hub.host }), {
        name: "RangeError",
        message: /acme\/tiny\/onnx\/model\.onnx: its tensor "outside" is in .*, which leads out of its folder/,
      });
      assert.equal(hub.asked.at(-1), "onnx/model.onnx");
    } finally {
      await hub.close();
      await Deno.remove(cacheDir, { recursive: true });
    }
  }
});

Deno.test("a hub that answers 401 or 403 is told as what it may mean, with a token and without one", async () => {
  const state = { status: 401 };
  const { origin, close } = serveLoopback(() => new Response("no", { status: state.status }));
  const cacheDir = await Deno.makeTempDir();
  const refusal = async (token: string | undefined): Promise<string> => {
    const env = (name: string) => name === "HF_TOKEN" ? token : undefined;
    const opening = onnx("acme/tiny").open({ ...CONTEXT, cacheDir, hubHost: `${origin}/`, env });
    return await opening.then(() => assert.fail("it opened"), ({ message }: Error) => message);
  };
  try {
    assert.match(await refusal(undefined), /there is no such model, or it is private or gated: then set HF_TOKEN/);
    assert.match(await refusal("hf_old"), /config\.json: HF_TOKEN is not accepted, or there is no such model$/);
    state.status = 403;
    for (const token of [undefined, "hf_other"]) {
      assert.match(await refusal(token), /it is private or gated: set HF_TOKEN to a token that may read it$/);
    }
  } finally {
    await close();
    await Deno.remove(cacheDir, { recursive: true });
  }
});

Deno.test("a server that takes the connection and then says nothing is given up, before it has answered and after", async () => {
  const folder = await Deno.makeTempDir(), path = `${folder}/file`;
  const held = Promise.withResolvers<void>();
  const server = serveLoopback(async (request) => {
    if (request.url.endsWith("/mute")) await held.promise;
    return new Response(new ReadableStream({ start: (body) => body.enqueue(new Uint8Array(1)) }));
  });
  const givesUp = async (name: string) => {
    const url = new URL(`${server.origin}/${name}`);
    await assert.rejects(download({ url, path, mostBytes: 10, silenceMs: 200 }), {
      message: `${url.host} sent nothing for 0.2 s`,
    });
  };
  try {
    await givesUp("mute");
    await givesUp("halting");
    using _ = deafFetch();
    await givesUp("halting");
  } finally {
    held.resolve();
    await server.close();
    await Deno.remove(folder, { recursive: true });
  }
});
