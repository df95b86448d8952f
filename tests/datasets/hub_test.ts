/** Data sets of a hub, against a server that lays them out as the Hub does. */
import assert from "node:assert/strict";
import { hubDataset, type HubDatasetOptions } from "../../lib/mod.ts";
import { checkFacets, checkQueries, QUERY_ROWS } from "./query_cases.ts";
import { type Loopback, serveLoopback } from "../rig/loopback.ts";

const SMALL: Readonly<Record<string, string>> = {
  "data/train-00000-of-00002.jsonl": '{"n":0}\n{"n":1}\n',
  "data/train-00001-of-00002.jsonl": '{"n":2}\n',
  "test.csv": "n\n7\n",
  "README.md": "# data",
};
const ROOT = new URL("file:///");

/** Serves the listing and the files of `org/name` at revision `v1`, and counts what is fetched. */
function startHub(seen: string[], files = SMALL): Loopback {
  return serveLoopback((request) => {
    const pathname = decodeURIComponent(new URL(request.url).pathname);
    seen.push(`${pathname}${request.headers.has("authorization") ? " with a token" : ""}`);
    if (pathname.startsWith("/api/datasets/org/private")) return new Response("no", { status: 401 });
    if (pathname === "/api/datasets/org/name/tree/v1") {
      return Response.json(
        Object.entries(files).map(([path, text]) => ({ type: "file", path, size: text.length, oid: "0" })),
      );
    }
    const text = files[pathname.replace("/datasets/org/name/resolve/v1/", "")];
    if (text === undefined) return new Response("none", { status: 404, headers: { "x-error-code": "EntryNotFound" } });
    const { length } = new TextEncoder().encode(text);
    const headers = {
      etag: '"0"',
      "content-range": `bytes 0-${length - 1}/${length}`,
      "content-length": String(length),
    };
    return new Response(request.method === "HEAD" ? null : text, { headers });
  });
}

Deno.test("hubDataset() fetches a split's files once, in their order, and names what is not there", async () => {
  const seen: string[] = [];
  const hub = startHub(seen);
  const cacheDir = await Deno.makeTempDir();
  const open = (id: string, options: HubDatasetOptions<object>, token?: string) =>
    hubDataset(id, options).open(ROOT, {
      cacheDir,
      hubHost: hub.origin,
      env: (name) => name === "HF_TOKEN" ? token : undefined,
    });
  try {
    const train = await open("org/name", { revision: "v1" });
    assert.equal(train.size, 3);
    assert.deepEqual([await train.row(0), await train.row(2)], [{ n: 0 }, { n: 2 }]);
    const test = await open("org/name", { revision: "v1", file: "test.csv" }, "hf_token");
    assert.deepEqual(await test.row(0), { n: "7" });
    assert.ok(seen.some((path) => path.endsWith("test.csv with a token")));
    const fetched = seen.length;
    await open("org/name", { revision: "v1", file: "test.csv" });
    assert.equal(seen.length, fetched, "it comes from the cache");

    await assert.rejects(open("org/name", { revision: "v1", split: "dev" }), /"dev".*data\/train-00000.*test\.csv/);
    await assert.rejects(open("org/name", { revision: "v1", file: "none.csv" }), /org\/name/);
    await assert.rejects(open("org/name", { revision: "v2" }), /revision "v2"/);
    await assert.rejects(
      open("org/private", {}),
      /there is no such data set, or it is private or gated: then set HF_TOKEN/,
    );
    await assert.rejects(open("org/private", {}, "hf_old"), /HF_TOKEN is not accepted, or there is no such data set$/);
    await assert.rejects(open("org/name", { file: "../../x.csv" }), /inside org\/name/);
    assert.throws(() => hubDataset("no slash"), /expected org\/name/);
  } finally {
    await hub.close();
  }
  await assert.rejects(open("org/name", { revision: "v1" }), /127\.0\.0\.1:\d+ cannot be reached/);
  await Deno.remove(cacheDir, { recursive: true });
});

Deno.test("hubDataset() finds rows of several files by their index, lines that cannot be read left out of the numbers", async () => {
  const [lines, table] = [QUERY_ROWS.slice(0, 3), QUERY_ROWS.slice(3)].map((rows) =>
    rows.map((row) => JSON.stringify(row))
  );
  const hub = startHub([], {
    "data/train-00000-of-00002.jsonl": [...lines ?? [], "5"].join("\n"),
    "data/train-00001 of 00002.ndjson": ["{", ...table ?? []].join("\n"),
    "data/test.csv": "text,count\n",
  });
  const cacheDir = await Deno.makeTempDir();
  try {
    const source = hubDataset<object>("org/name", { revision: "v1" });
    const dataset = await source.open(ROOT, { cacheDir, hubHost: hub.origin, indexedFromBytes: 0 });
    await checkQueries(dataset);
    await checkFacets(dataset);
    assert.deepEqual(dataset.indexState?.(), { kind: "ready" });
    assert.equal(dataset.problemCount, 2);
    assert.match(dataset.problems[0]?.message ?? "", /^Cannot read line 4 of ".\/data\/train-00000-of-00002.jsonl":/);
    await dataset.close?.();
    const empty = hubDataset<object>("org/name", { revision: "v1", split: "test" });
    await assert.rejects(
      empty.open(ROOT, { cacheDir, hubHost: hub.origin }),
      /^SyntaxError: Cannot read ".\/data\/test.csv"/,
    );
  } finally {
    await hub.close();
    await Deno.remove(cacheDir, { recursive: true });
  }
});

Deno.test("hubDataset() fetches a file once, whoever else asks for it meanwhile", async () => {
  const seen: string[] = [], hub = startHub(seen), cacheDir = await Deno.makeTempDir();
  const open = () => hubDataset<object>("org/name", { revision: "v1" }).open(ROOT, { cacheDir, hubHost: hub.origin });
  try {
    const opened = await Promise.all([open(), open(), open()]);
    assert.deepEqual(opened.map(({ size }) => size), [3, 3, 3]);
    await open();
    for (const path of ["data/train-00000-of-00002.jsonl", "data/train-00001-of-00002.jsonl"]) {
      const asked = seen.filter((each) => each.endsWith(path)).length;
      assert.ok(asked <= 2, `${path} was asked for ${asked} times: at most its head and itself are`);
    }
  } finally {
    await hub.close();
    await Deno.remove(cacheDir, { recursive: true });
  }
});

Deno.test("hubDataset() leaves a file without rows out and tells of it, and how much of the others has come", async () => {
  const hub = startHub([], {
    "data/train-00000.jsonl": '{"n":0}\n{"n":1}\n',
    "data/train-00001.jsonl": "\n",
    "data/train-00002.csv": "n\n",
    "data/train-00003.parquet": "",
    "data/train-00004.jsonl": '{"n":2}\n',
  });
  const cacheDir = await Deno.makeTempDir(), told: { readonly bytes: number; readonly of: number }[] = [];
  try {
    const source = hubDataset<object>("org/name", { revision: "v1" });
    const context = { cacheDir, hubHost: hub.origin, indexedFromBytes: 0 };
    const dataset = await source.open(ROOT, { ...context, onProgress: (progress) => told.push(progress) });
    assert.deepEqual([dataset.size, dataset.problemCount], [3, 3]);
    assert.deepEqual(await dataset.row(2), { n: 2 });
    const messages = dataset.problems.map(({ message }) => message);
    assert.match(
      messages.join("\n"),
      /00001.jsonl": .*got no line\n.*00002.csv": expected rows below.*\n.*00003.parquet": it is empty/,
    );
    await dataset.statistics?.();
    assert.deepEqual(dataset.indexState?.(), { kind: "ready" }, "an index is made of the others");
    assert.deepEqual(told.at(-1), { bytes: 27, of: 27 });
    await dataset.close?.();
  } finally {
    await hub.close();
    await Deno.remove(cacheDir, { recursive: true });
  }
});

Deno.test("hubDataset() takes the files of one config, and says which there are where none is named", async () => {
  const hub = startHub([], {
    "main/train.jsonl": '{"n":"main"}\n',
    "socratic/train-00000-of-00002.jsonl": '{"n":"socratic"}\n',
    "socratic/train-00001-of-00002.jsonl": '{"n":"more"}\n',
    "main/test.jsonl": '{"n":"test"}\n',
    "all/dev/a.jsonl": '{"n":"dev"}\n',
    "not-train-but/validation.jsonl": '{"n":"validation"}\n',
  });
  const cacheDir = await Deno.makeTempDir();
  const open = async (options: HubDatasetOptions<object>) => {
    const source = hubDataset<object>("org/name", { revision: "v1", ...options });
    const dataset = await source.open(ROOT, { cacheDir, hubHost: hub.origin });
    return await Promise.all(Array.from({ length: dataset.size }, (_, index) => dataset.row(index)));
  };
  try {
    assert.deepEqual(await open({ config: "main" }), [{ n: "main" }]);
    assert.deepEqual(await open({ config: "socratic" }), [{ n: "socratic" }, { n: "more" }]);
    await assert.rejects(open({}), {
      name: "RangeError",
      message:
        'Cannot tell the files of split "train" in org/name: they stand in "main", "socratic"; name one as { config }',
    });
    await assert.rejects(
      open({ config: "plain" }),
      /find config "plain" of split "train" .* stand in "main", "socratic";/,
    );
    assert.deepEqual(await open({ split: "test" }), [{ n: "test" }]);
    assert.deepEqual(await open({ split: "test", config: "default" }), [{ n: "test" }]);
    await assert.rejects(open({ split: "test", config: "socratic" }), /its files stand in "main"; name one with/);
    assert.deepEqual(await open({ split: "dev" }), [{ n: "dev" }], "a folder is named so, and no file");
    assert.deepEqual(await open({ split: "dev", config: "all" }), [{ n: "dev" }]);
    assert.throws(
      () => hubDataset("org/name", { file: "a.csv", config: "main" }),
      /config "main" .* with file "a.csv"/,
    );
  } finally {
    await hub.close();
    await Deno.remove(cacheDir, { recursive: true });
  }
});
