import assert from "node:assert/strict";
import { formatRanges, parseRanges, toggleRows } from "../../lib/lm/row_ranges.ts";

Deno.test("numbers of rows are written as ranges, and read again", () => {
  assert.equal(formatRanges([12, 3, 8, 7, 9, 3]), "3,7-9,12");
  assert.deepEqual(parseRanges("12,3,7-9,8-9"), [3, 7, 8, 9, 12]);
  assert.deepEqual([parseRanges(""), formatRanges([])], [[], ""]);
  for (const text of ["a", "1,", "1-", "-1", "3-2", "1.5", " 1", "0-10000", "1-9999999999999999"]) {
    assert.throws(() => parseRanges(text), RangeError, text);
  }
});

Deno.test("toggleRows() adds what is not there, and takes away what is there as a whole", () => {
  assert.equal(toggleRows("3,7", [8]), "3,7-8");
  assert.equal(toggleRows("3,7", [7]), "3");
  assert.equal(toggleRows("3,7", [7, 8]), "3,7-8");
});
