/** Values that need more digits than a number or a date has, in files that DuckDB writes. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { parseCondition } from "../../lib/datasets/condition.ts";
import { queryRows } from "../../lib/datasets/query.ts";
import { parquet } from "../../lib/mod.ts";

async function written(query: string, check: (url: URL) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const url = new URL(`file://${folder}/values.parquet`);
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run(`copy (${query}) to '${fileURLToPath(url)}' (format parquet)`);
    connection.closeSync();
    await check(url);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("decimals are the numbers that were written, and texts where a number does not hold them", async () => {
  const query = `
    select 19.99::decimal(9, 2) as small, -1.15::decimal(18, 2) as middle, 0.30::decimal(38, 2) as wide,
      -12345678901234567890.05::decimal(38, 2) as huge, 7::decimal(9, 0) as whole, 90071992547409.91::decimal(16, 2) as sixteen, null::decimal(9, 2) as absent,
      [1.1, 2.2]::decimal(4, 1)[] as list, {'price': 0.07::decimal(9, 2), 'n': 1} as struct,
      map {'a': 4.35::decimal(18, 2)} as mapped
    union all
    select 0.01, 0.1, -0.29, 1, 8, 0.5, 0.57, [], null, map {}`;
  await written(query, async (url) => {
    const dataset = await parquet(url.href).open(url);
    assert.deepEqual(await dataset.row(0), {
      small: 19.99,
      middle: -1.15,
      wide: 0.3,
      huge: "-12345678901234567890.05",
      whole: 7,
      sixteen: "90071992547409.91",
      absent: null,
      list: [1.1, 2.2],
      struct: { price: 0.07, n: 1 },
      mapped: { a: 4.35 },
    });
    const second = {
      small: 0.01,
      middle: 0.1,
      wide: -0.29,
      huge: 1,
      whole: 8,
      sixteen: 0.5,
      absent: 0.57,
      list: [],
      struct: null,
    };
    assert.deepEqual(await dataset.row(1), { ...second, mapped: {} });
    const { rows } = await queryRows(dataset, {
      filter: [{ field: "small", condition: parseCondition("=19.99") }],
      offset: 0,
      limit: 5,
    });
    assert.deepEqual(rows.map(({ index }) => index), [0]);
  });
});

Deno.test("times have all the digits that they were written with", async () => {
  const query = `
    select timestamp '2026-01-02 03:04:05.123456' as micros, timestamp_ns '2026-01-02 03:04:05.123456789' as nanos,
      timestamp_ms '2026-01-02 03:04:05.123' as millis, timestamp '1969-12-31 23:59:59.999999' as before,
      timestamp '2026-01-02 03:04:05' as plain, null::timestamp as absent`;
  await written(query, async (url) => {
    const dataset = await parquet(url.href).open(url);
    assert.deepEqual(await dataset.row(0), {
      micros: "2026-01-02T03:04:05.123456Z",
      nanos: "2026-01-02T03:04:05.123456789Z",
      millis: "2026-01-02T03:04:05.123Z",
      before: "1969-12-31T23:59:59.999999Z",
      plain: "2026-01-02T03:04:05.000Z",
      absent: null,
    });
  });
});

Deno.test("a time that is no date is told in its own row, and the others are read", async () => {
  const query = "select 'infinity'::timestamp as at union all select timestamp '2026-01-02 03:04:05'";
  await written(query, async (url) => {
    const dataset = await parquet(url.href).open(url);
    await assert.rejects(async () => await dataset.row(0), /Cannot read row 0 of .*: Invalid time value/);
    assert.deepEqual(await dataset.row(1), { at: "2026-01-02T03:04:05.000Z" });
  });
});

Deno.test("parquet() has no rows of a file that is written anew while it is open, and says why", async () => {
  const path = await Deno.makeTempFile({ suffix: ".parquet" });
  await Deno.copyFile(new URL("../fixtures/datasets/snappy.parquet", import.meta.url), path);
  const dataset = await parquet(path).open(new URL("file:///"));
  await dataset.row(0);
  await Deno.utime(path, new Date(), new Date(Date.now() + 2_000));
  await assert.rejects(async () => await dataset.row(2_000), /Cannot read row 2000 of .*: it has changed since it was/);
  await Deno.remove(path);
});

Deno.test("times of day and intervals are texts, and so is what JSON has no number for", async () => {
  const times = ["00:00:00", "01:02:03.5", "23:59:59.999999"];
  const query = `select * from (values
    (time '${times[0]}', [time '${times[1]}'], interval '14 months 3 days 1.5 seconds', 'nan'::double, 1.5::float),
    (time '${times[1]}', [], interval '0 days', 'infinity'::double, 'nan'::float),
    (time '${times[2]}', [time '${
    times[2]
  }', null], null, '-infinity'::double, null)) as t(time, times, gap, odd, small)`;
  await written(query, async (url) => {
    const dataset = await parquet(url.href).open(url);
    assert.deepEqual(await Promise.all([0, 1, 2].map((index) => dataset.row(index))), [
      { time: times[0], times: [times[1]], gap: "P14M3DT1.5S", odd: "NaN", small: 1.5 },
      { time: times[1], times: [], gap: "PT0S", odd: "Infinity", small: "NaN" },
      { time: times[2], times: [times[2], null], gap: null, odd: "-Infinity", small: null },
    ]);
    const found = await queryRows(dataset, { search: "01:02", offset: 0, limit: 9 });
    assert.deepEqual(found.rows.map(({ index }) => index), [0, 1]);
  });
});
