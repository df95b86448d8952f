/** What every engine must answer to the same questions: hand-made rows, and the numbers of those that match. */
import assert from "node:assert/strict";
import { parseCondition } from "../../lib/datasets/condition.ts";
import type { Dataset } from "../../lib/datasets/dataset.ts";
import { facetsOf } from "../../lib/datasets/facets.ts";
import { queryRows } from "../../lib/datasets/query.ts";
import { statisticsOf } from "../../lib/datasets/statistics.ts";

export const QUERY_ROWS: readonly Readonly<Record<string, unknown>>[] = [
  { text: "Snow falls", tags: ["winter", "x"], count: 3 },
  { text: "the sea", tags: [], count: 12, deep: { inner: "SNOWDROP" } },
  { text: "a fox's 100% _tail\\", tags: ["é"], count: 3 },
  { text: "", count: -1.5 },
  { text: "10", count: null },
  { text: "9", count: 3e3, flag: true },
  { text: "'; drop table rows; --", count: "many" },
];

interface Wish {
  readonly search?: string;
  readonly sort?: string;
  readonly filter?: Readonly<Record<string, string>>;
  readonly offset?: number;
  readonly limit?: number;
}

const CASES: readonly (readonly [Wish, indices: readonly number[], total?: number])[] = [
  [{}, [0, 1, 2, 3, 4, 5, 6]],
  [{ offset: 5, limit: 1 }, [5], 7],
  [{ offset: 9 }, [], 7],
  // Texts at any depth, whatever their case; names of fields are no data.
  [{ search: "snow" }, [0, 1]],
  [{ search: "É" }, [2]],
  [{ search: "inner" }, []],
  [{ search: "3" }, [0, 2, 5]],
  [{ search: "3", limit: 1 }, [0], 3],
  [{ search: "3", offset: 1, limit: 1 }, [2], 3],
  [{ search: "3", offset: 9 }, [], 3],
  // What means something in SQL or LIKE is text.
  [{ search: "100%" }, [2]],
  [{ search: "%" }, [2]],
  [{ search: "_" }, [2]],
  [{ search: "\\" }, [2]],
  [{ search: "fox's" }, [2]],
  [{ search: "'; drop table rows; --" }, [6]],
  [{ search: "\0" }, []],
  // Patterns, whose case counts unless they end in i.
  [{ search: "/^S.*w/" }, [0]],
  [{ search: "/snow/i" }, [0, 1]],
  [{ search: "/^S(?:(?:){100}){100}n/" }, [0]],
  [{ search: "/^[0-9]+$/" }, [0, 1, 2, 4, 5]],
  [{ search: "/É/i" }, [2]],
  [{ search: "/É/" }, []],
  [{ search: "/'; (drop|create) t/" }, [6]],
  [{ search: "/r\\nx$/" }, [0]],
  [{ filter: { text: "/^$/" } }, [3]],
  [{ filter: { text: "!/[a-z]{3}/" } }, [3, 4, 5]],
  [{ filter: { deep: "!/snow/i" } }, [0, 2, 3, 4, 5, 6]],
  [{ filter: { tags: "/w(in|out)ter?/i" }, search: "/x$/" }, [0]],
  // Numbers first, then texts, absent last; equals in the order of the rows.
  [{ sort: "count" }, [3, 0, 2, 1, 5, 6, 4]],
  [{ sort: "-count" }, [6, 5, 1, 0, 2, 3, 4]],
  [{ sort: "text" }, [5, 4, 6, 0, 2, 1, 3]],
  [{ sort: "-text" }, [1, 2, 0, 6, 4, 5, 3]],
  [{ sort: "-text", limit: 2 }, [1, 2], 7],
  [{ filter: { count: ">+3." } }, [1, 5]],
  [{ filter: { count: "> .5 <4" } }, [0, 2]],
  [{ sort: "flag" }, [5, 0, 1, 2, 3, 4, 6]],
  [{ sort: "no such field" }, [0, 1, 2, 3, 4, 5, 6]],
  [{ sort: 'a"b' }, [0, 1, 2, 3, 4, 5, 6]],
  [{ search: "s", sort: "-text" }, [1, 2, 0, 6]],
  [{ filter: { count: ">3" } }, [1, 5]],
  [{ filter: { count: ">=3" } }, [0, 1, 2, 5]],
  [{ filter: { count: "<3" } }, [3]],
  [{ filter: { count: "<= 3" } }, [0, 2, 3]],
  [{ filter: { text: ">9" } }, [4]],
  [{ filter: { count: ">=3 <12" } }, [0, 2]],
  [{ filter: { count: ">3 <=3000" } }, [1, 5]],
  [{ filter: { text: "=10" } }, [4]],
  [{ filter: { text: "!=10" } }, [0, 1, 2, 3, 5, 6]],
  [{ filter: { text: "in:9, 10" } }, [4, 5]],
  [{ filter: { text: 'in:10,"a fox\'s 100% _tail\\\\",""' } }, [2, 3, 4]],
  [{ filter: { text: '!in:10,""' } }, [0, 1, 2, 5, 6]],
  [{ filter: { text: 'in: "9" , 10' } }, [4, 5]],
  [{ filter: { count: 'in:"",3' } }, [0, 2, 4]],
  [{ filter: { count: "!=" } }, [0, 1, 2, 3, 5, 6]],
  [{ filter: { flag: "!=true" } }, [0, 1, 2, 3, 4, 6]],
  [{ filter: { flag: "!=" } }, [5]],
  [{ filter: { text: "=SNOW FALLS" } }, []],
  [{ filter: { text: "=" } }, [3]],
  [{ filter: { count: "=" } }, [4]],
  [{ filter: { text: "!s" } }, [3, 4, 5]],
  [{ filter: { deep: "!x" } }, [0, 1, 2, 3, 4, 5, 6]],
  [{ filter: { tags: "WINTER" } }, [0]],
  [{ filter: { tags: "=winter\nx" } }, [0]],
  [{ filter: { flag: "true" } }, [5]],
  [{ filter: { text: ">fox" } }, []],
  [{ filter: { "no such field": "x" } }, []],
  [{ filter: { "no such field": "=" }, limit: 1 }, [0], 7],
  [{ filter: { "no such field": "!=" } }, []],
  [{ filter: { "no such field": "!=x" }, limit: 1 }, [0], 7],
  [{ filter: { constructor: "x" } }, []],
  [{ search: "s", filter: { count: ">=3", text: "sea" } }, [1]],
  [{ search: "s", sort: "-count", filter: { count: ">=3" } }, [1, 0, 2]],
];

/** Each value and each range of the statistics finds as many rows as it counts. */
export async function checkFacets(dataset: Dataset<unknown>): Promise<void> {
  const statistics = await statisticsOf(dataset);
  for (const { field, values, ranges } of facetsOf(statistics, {})) {
    for (const { only, count } of [...values, ...ranges]) {
      const filter = [{ field, condition: parseCondition(only) }];
      const { total } = await queryRows(dataset, { filter, offset: 0, limit: 1 });
      if (only === "=") assert.ok(total >= count, "what is absent is as good as empty");
      else assert.equal(total, count, `${field} ${only}`);
    }
  }
}

export async function checkQueries(dataset: Dataset<unknown>): Promise<void> {
  for (const [wish, wanted, total = wanted.length] of CASES) {
    const { search = "", sort = "", filter = {}, offset = 0, limit = 10 } = wish;
    const field = sort.replace(/^-/, "");
    const answer = await queryRows(dataset, {
      search,
      sort: sort === "" ? undefined : { field, descending: sort.startsWith("-") },
      filter: Object.entries(filter).map(([name, text]) => ({ field: name, condition: parseCondition(text) })),
      offset,
      limit,
    });
    const shown = JSON.stringify(wish);
    assert.deepEqual([answer.rows.map(({ index }) => index), answer.total], [wanted, total], shown);
    for (const found of answer.rows) {
      assert.deepEqual("row" in found ? found.row : found.fault, QUERY_ROWS[found.index], shown);
    }
  }
}
