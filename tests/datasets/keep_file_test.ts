/** Files that are fetched into a folder, by several at once and after a process that was ended. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { keepFile } from "../../lib/datasets/keep_file.ts";
import { hubDataset } from "../../lib/mod.ts";
import { serveLoopback } from "../rig/loopback.ts";

const encoder = new TextEncoder();
const HOUR_MS = 60 * 60_000;

async function withFolder(work: (folder: string, place: URL) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder, new URL("data/50%25%20of%20it.jsonl", pathToFileURL(`${folder}/`)));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function names(folder: string): Promise<readonly string[]> {
  return (await Array.fromAsync(Deno.readDir(`${folder}/data`), ({ name }) => name)).sort();
}

/** A stream that a test fills. */
function filled() {
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  return { stream: readable, writer: writable.getWriter() };
}

Deno.test("keepFile() by two at once leaves one whole file, whoever is first and whatever stops the other", async () => {
  await withFolder(async (folder, place) => {
    const [slow, quick, broken] = [filled(), filled(), filled()];
    const keep = ({ stream }: ReturnType<typeof filled>) => keepFile(place, { bytes: 8, stream });
    const kept = [keep(slow), keep(quick)], stopped = assert.rejects(keep(broken), /gone/);
    await slow.writer.write(encoder.encode("slow"));
    await broken.writer.write(encoder.encode("half"));
    await quick.writer.write(encoder.encode("quick..."));
    await quick.writer.close();
    await kept[1];
    assert.equal(await Deno.readTextFile(place), "quick...");
    assert.equal((await names(folder)).length, 3, "the others have their own names");
    await broken.writer.abort(new TypeError("gone"));
    await stopped;
    await slow.writer.write(encoder.encode("est."));
    await slow.writer.close();
    await kept[0];
    assert.equal(await Deno.readTextFile(place), "slowest.");
    assert.deepEqual(await names(folder), ["50% of it.jsonl"]);
  });
});

Deno.test("keepFile() removes what a process left that was ended, and nothing of others", async () => {
  await withFolder(async (folder, place) => {
    await Deno.mkdir(`${folder}/data`);
    const old = new Date(Date.now() - 2 * HOUR_MS);
    const left = [
      "50% of it.jsonl.part",
      "50% of it.jsonl.part-1",
      "50% of it.jsonl.part-2",
      "50% of it.jsonl.part-1.jsonl",
      "50%.jsonl.part",
      "notes",
    ];
    for (const name of left) {
      await Deno.writeTextFile(`${folder}/data/${name}`, "x");
      if (!name.endsWith("-2")) await Deno.utime(`${folder}/data/${name}`, old, old);
    }
    const bytes = encoder.encode("whole");
    await keepFile(place, { bytes: 5, stream: ReadableStream.from([bytes]) });
    assert.deepEqual(await names(folder), [
      "50% of it.jsonl",
      "50% of it.jsonl.part-1.jsonl",
      "50% of it.jsonl.part-2",
      "50%.jsonl.part",
      "notes",
    ]);
  });
});

Deno.test("keepFile() of what ends early, or falls silent, says how much came and leaves nothing", async () => {
  await withFolder(async (folder, place) => {
    const short = ReadableStream.from([encoder.encode("half")]);
    await assert.rejects(keepFile(place, { bytes: 8, stream: short }), /4 of 8 bytes came/);
    const { stream, writer } = filled();
    void writer.write(encoder.encode("ha")).catch(() => {});
    await assert.rejects(keepFile(place, { bytes: 8, stream, silentMs: 1 }), /of 8 bytes came/);
    assert.deepEqual(await names(folder), []);
  });
});

Deno.test("hubDataset() says which file was cut off, and fetches it whole the next time", async () => {
  const text = '{"n":1}\n{"n":2}\n';
  let cut = true;
  const hub = serveLoopback((request) => {
    if (new URL(request.url).pathname.includes("/tree/")) {
      return Response.json([{ type: "file", path: "train.jsonl", size: text.length, oid: "0" }]);
    }
    const isProbe = request.method === "HEAD" || request.headers.has("range");
    const headers = { etag: '"0"', "content-range": `bytes 0-${text.length - 1}/${text.length}` };
    return new Response(isProbe ? "x" : cut ? text.slice(0, 9) : text, { headers });
  });
  await withFolder(async (cacheDir) => {
    const open = () => hubDataset("org/name").open(new URL("file:///"), { cacheDir, hubHost: hub.origin });
    try {
      await assert.rejects(open(), /Cannot fetch "train\.jsonl" of org\/name: 9 of 16 bytes came/);
      cut = false;
      assert.deepEqual(await (await open()).row(1), { n: 2 });
    } finally {
      await hub.close();
    }
  });
});
