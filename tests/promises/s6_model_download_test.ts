/** S6: A model is fetched over https, at one commit, up to a size, and with the hash that was asked for, or not at all. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { onnx, type OnnxOptions } from "../../lib/mod.ts";
import { CONTEXT, fixturePath } from "../generators/onnx/tiny_models.ts";
import { measured } from "../rig/measured.ts";
import { serveLoopback } from "../rig/loopback.ts";

const WEIGHTS = "onnx/model.onnx";
const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** How a hub answers a request for a file; undefined: with the file. */
type Behaviour = (path: string, request: Request, bytes: Uint8Array<ArrayBuffer>) => Response | undefined;

interface Case {
  readonly what: string;
  readonly behaviour?: Behaviour;
  readonly options?: (hash: string) => OnnxOptions;
  /** Absent: the model opens. */
  readonly refusal?: RegExp;
  /** Files that may stay, as they are whole; default: all. */
  readonly leaves?: readonly string[];
}

/** Besides the files their commit, so that what is fetched later is of the same. */
const SMALL = ["commit", "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"];

const CASES: readonly Case[] = [
  { what: "the right hash", options: (hash) => ({ sha256: { [WEIGHTS]: hash } }) },
  {
    what: "another hash",
    options: () => ({ sha256: { [WEIGHTS]: "0".repeat(64) } }),
    refusal: /acme\/tiny\/onnx\/model\.onnx: expected SHA-256 0{64}, got [0-9a-f]{64}/,
    leaves: SMALL,
  },
  {
    what: "one bit that changed on the way",
    options: (hash) => ({ sha256: { [WEIGHTS]: hash } }),
    behaviour: (path, _, bytes) =>
      path === WEIGHTS ? new Response(bytes.map((byte, at) => at === 99 ? byte ^ 1 : byte)) : undefined,
    refusal: /expected SHA-256/,
    leaves: SMALL,
  },
  {
    what: "a size that is told to be too large",
    options: () => ({ downloadMegabytes: 0.1 }),
    refusal: /larger than the \d+ bytes/,
    leaves: SMALL,
  },
  {
    what: "an endless answer of a size that is not told",
    options: () => ({ downloadMegabytes: 1 }),
    behaviour: (path) =>
      path === WEIGHTS
        ? new Response(new ReadableStream({ pull: (all) => all.enqueue(new Uint8Array(65_536)) }))
        : undefined,
    refusal: /larger than the 10\d{5} bytes/,
    leaves: SMALL,
  },
  {
    what: "an answer that is cut off",
    behaviour: (path, _, bytes) => path === WEIGHTS ? cutOff(bytes) : undefined,
    refusal: /acme\/tiny\/onnx\/model\.onnx: /,
    leaves: SMALL,
  },
  {
    what: "a way that leads off https",
    behaviour: (path) =>
      path === WEIGHTS ? Response.redirect("http://models.example/acme/tiny/model.onnx", 302) : undefined,
    refusal: /models\.example is not reached over https/,
    leaves: SMALL,
  },
  {
    what: "a branch that moves meanwhile: all files are of the commit that the first came from",
    behaviour(path, request) {
      const isPinned = request.url.includes(`/resolve/${COMMIT}/`);
      if (path !== "config.json" && !isPinned) return new Response("of another commit", { status: 500 });
      return undefined;
    },
  },
];

Deno.test("S6: eight ways in which a hub can answer", async (t) => {
  const hash = createHash("sha256").update(await Deno.readFile(`${fixturePath("tiny_gpt2")}/${WEIGHTS}`)).digest("hex");
  for (const { what, behaviour = () => undefined, options = () => ({}), refusal, leaves } of CASES) {
    await t.step(what, async () => {
      const cacheDir = await Deno.makeTempDir();
      const hub = startHub(behaviour);
      try {
        const opening = onnx("acme/tiny", options(hash)).open({ ...CONTEXT, cacheDir, hubHost: hub.host });
        if (refusal !== undefined) await assert.rejects(opening, { message: refusal });
        else await (await opening).close();
        const kept = await filesBelow(`${cacheDir}/models/acme/tiny/main`);
        assert.deepEqual(kept, leaves ?? [...SMALL, "files-fp32.json", WEIGHTS].toSorted());
      } finally {
        await hub.close();
        await Deno.remove(cacheDir, { recursive: true });
      }
    });
  }
  await t.step("an address without https, and a hash that is none", async () => {
    const context = { ...CONTEXT, cacheDir: "/nowhere", hubHost: "http://models.example/" };
    await assert.rejects(onnx("acme/tiny").open(context), { message: /models\.example is not reached over https/ });
    assert.throws(
      () => onnx("acme/tiny", { sha256: { [WEIGHTS]: "abc" } }),
      /expected 64 hexadecimal digits, got "abc"/,
    );
  });
  measured("S6", `${CASES.length} of ${CASES.length} answers as promised, 0 files left of what was refused`);
});

function startHub(behaviour: Behaviour) {
  const route = new URLPattern({ pathname: "/acme/tiny/resolve/:revision/:path+" });
  const { origin, close } = serveLoopback(async (request) => {
    const path = route.exec(request.url)?.pathname.groups.path ?? "none";
    const bytes = await Deno.readFile(`${fixturePath("tiny_gpt2")}/${path}`).catch(() => undefined);
    if (bytes === undefined) return new Response("Entry not found", { status: 404 });
    const headers = { "content-length": `${bytes.length}`, "x-repo-commit": COMMIT };
    return behaviour(path, request, bytes) ?? new Response(bytes, { headers });
  });
  return { host: `${origin}/`, close };
}

/** Half of the bytes, where all were announced. */
function cutOff(bytes: Uint8Array<ArrayBuffer>): Response {
  const body = new Blob([bytes.subarray(0, bytes.length / 2)]).stream();
  return new Response(body, { headers: { "content-length": `${bytes.length}` } });
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory) found.push(name);
    else found.push(...(await filesBelow(`${folder}/${name}`)).map((path) => `${name}/${path}`));
  }
  return found.toSorted();
}
