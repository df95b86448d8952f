/** Rows of a hub's data set that come a page at a time, against a server that answers as the Hub's rows API does. */
import assert from "node:assert/strict";
import { queryRows } from "../../lib/datasets/query.ts";
import { statisticsOf } from "../../lib/datasets/statistics.ts";
import { hubDataset, type HubDatasetOptions } from "../../lib/mod.ts";
import { serveLoopback } from "../rig/loopback.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const SIZE = 250, CUT = 120;

/** Serves the split `train` of `org/name`, and counts the pages that were asked for. */
function startRows(pages: string[]) {
  return serveLoopback((request) => {
    const { pathname, searchParams } = new URL(request.url);
    const { dataset, config, split, offset = "", length } = Object.fromEntries(searchParams);
    assert.deepEqual([pathname, length], ["/rows", "100"]);
    if (dataset === "org/private") return Response.json({ error: "no" }, { status: 401 });
    if (dataset === "org/exact") {
      const row = '{"id":9007199254740993,"small":7,"list":[-9223372036854775808]}';
      return new Response(`{"rows":[{"row_idx":0,"row":${row},"truncated_cells":[]}],"num_rows_total":1}`);
    }
    if (dataset === "org/odd") return Response.json({ rows: "none" });
    if (split !== "train") return Response.json({ error: `The split ${split} does not exist` }, { status: 404 });
    pages.push(`${config} ${offset}${request.headers.has("authorization") ? " with a token" : ""}`);
    const total = dataset === "org/large" ? 1_000_000 : SIZE;
    const rows = Array.from({ length: Math.min(100, total - Number(offset)) }, (_, place) => {
      const index = Number(offset) + place;
      const isCut = index === CUT;
      return { row_idx: index, row: { n: index, text: `row ${index}` }, truncated_cells: isCut ? ["text"] : [] };
    });
    return Response.json({ features: [], rows, num_rows_total: total, partial: total > SIZE }, {
      headers: { "x-revision": COMMIT },
    });
  });
}

Deno.test("hubDataset() reads rows a page at a time where no file may be kept, and names what it cannot read", async () => {
  const pages: string[] = [];
  const server = startRows(pages);
  const open = (id: string, options: HubDatasetOptions<Record<string, unknown>> = {}, token?: string) =>
    hubDataset(id, { from: "rows", ...options }).open(new URL("file:///"), {
      cacheDir: "/nowhere",
      rowsHost: server.origin,
      env: (name) => name === "HF_TOKEN" ? token : undefined,
    });
  try {
    const dataset = await open("org/name", { config: "plain", revision: COMMIT }, "hf_token");
    assert.equal(dataset.size, SIZE);
    assert.deepEqual(await dataset.row(0), { n: 0, text: "row 0" });
    assert.deepEqual(await dataset.row(249), { n: 249, text: "row 249" });
    assert.deepEqual(await dataset.row(201), { n: 201, text: "row 201" });
    assert.deepEqual(pages, ["plain 0 with a token", "plain 200 with a token"], "a page is asked for once");
    await assert.rejects(async () => await dataset.row(CUT), /row 120 of org\/name: the Hub cuts "text" off/);
    await assert.rejects(async () => await dataset.row(250), /expected a whole number from 0 to 249/);
    const found = await queryRows(dataset, { search: "row 21", offset: 0, limit: 5 });
    assert.deepEqual([found.total, found.rows.map(({ index }) => index)], [11, [21, 210, 211, 212, 213]]);

    await assert.rejects(
      open("org/name", { revision: "v1" }),
      new RegExp(`of the commit ${COMMIT} alone, not of "v1"`),
    );
    await assert.rejects(open("org/name", { split: "dev" }), /split "dev" of "default": .* answers 404: The split dev/);
    await assert.rejects(
      open("org/private"),
      /there is no such data set, or it is private or gated: then set HF_TOKEN/,
    );
    await assert.rejects(open("org/private", {}, "hf_old"), /HF_TOKEN is not accepted, or there is no such data set$/);
    const exact = await (await open("org/exact")).row(0);
    assert.deepEqual(exact, { id: "9007199254740993", small: 7, list: ["-9223372036854775808"] }, "as Parquet's are");
    await assert.rejects(open("org/odd"), /answers what are no rows/);
    const large = await open("org/large");
    assert.deepEqual(await large.row(100), { n: 100, text: "row 100" });
    pages.length = 0;
    const { rows, isWhole, fields } = await statisticsOf(large);
    assert.deepEqual([rows, isWhole, fields.map(({ field }) => field)], [40 * 100, false, ["n", "text"]]);
    assert.deepEqual([pages.length, pages.at(-1)], [39, "default 975000"], "the first is known by now");
    assert.match(large.problems[0]?.message ?? "", /Cannot read what follows row 999999 of org\/large/);
    const whole = await statisticsOf(dataset);
    assert.deepEqual([whole.rows, whole.isWhole], [SIZE - 1, false], "the row that is cut is none");
    const search = queryRows(large, { search: "x", offset: 0, limit: 5 });
    await assert.rejects(search, /Cannot look through 1000000 rows of org\/large: at most 20000/);
  } finally {
    await server.close();
  }
  await assert.rejects(open("org/name"), /127\.0\.0\.1:\d+ cannot be reached/);
});
