import assert from "node:assert/strict";
import fc from "fast-check";
import {
  before,
  countRows,
  formatRanges,
  hasRow,
  parseRanges,
  rowsAt,
  toggleRow,
  withRows,
} from "../../lib/lm/row_ranges.ts";

Deno.test("parseRanges() reads rows and ranges in any order, once each; formatRanges() writes them as short as they are", () => {
  assert.deepEqual(parseRanges("12,3,7-9,8-9,10"), [[3, 3], [7, 10], [12, 12]]);
  assert.equal(formatRanges(parseRanges("12,3,7-9,8-9,10")), "3,7-10,12");
  assert.deepEqual([parseRanges(""), formatRanges([])], [[], ""]);
  for (const text of ["x", "3,", "-3", "3-", "9-3", "1.5", "3;4", "1234567890123456", "0x3"]) {
    assert.throws(() => parseRanges(text), RangeError, text);
  }
});

Deno.test("a range of any number of rows costs no more than one", () => {
  const all = parseRanges("0-999999999999999");
  assert.equal(countRows(all), 1e15);
  assert.deepEqual(rowsAt(before(all, 50_000), 49_998, 20), [49_998, 49_999]);
  assert.equal(formatRanges(toggleRow(all, 20_000)), "0-19999,20001-999999999999999");
});

Deno.test("rows are counted, found, added, taken away and paged as a set of them would be", () => {
  const some = fc.array(fc.nat(40), { maxLength: 30 });
  fc.assert(fc.property(some, some, fc.nat(40), fc.nat(20), fc.nat(20), (first, more, row, offset, limit) => {
    const ranges = withRows(parseRanges(first.join()), more), set = new Set([...first, ...more]);
    const sorted = [...set].sort((one, other) => one - other);
    assert.equal(countRows(ranges), set.size);
    assert.equal(hasRow(ranges, row), set.has(row));
    assert.deepEqual(rowsAt(ranges, offset, limit), sorted.slice(offset, offset + limit));
    assert.deepEqual(rowsAt(before(ranges, row), 0, 100), sorted.filter((each) => each < row));
    assert.deepEqual(parseRanges(formatRanges(ranges)), ranges);
    const toggled = toggleRow(ranges, row);
    assert.equal(hasRow(toggled, row), !set.has(row));
    assert.equal(formatRanges(toggleRow(toggled, row)), formatRanges(ranges));
    // No two of them touch.
    assert.ok(toggled.every(([start], at) => at === 0 || start > (toggled[at - 1]?.[1] ?? 0) + 1));
  }));
});
