/** Bar charts and line charts: what is refused, what a page is sent, and how the numbers of an axis are found. */
import assert from "node:assert/strict";
import { barChart } from "../../lib/elements/bar_chart/bar_chart.ts";
import { layoutOf, type Piece, readPieces, shortTitle, twins } from "../../lib/elements/bar_chart/pieces.ts";
import { InputError } from "../../lib/elements/input.ts";
import { lineChart } from "../../lib/elements/line_chart/line_chart.ts";
import { plotOf } from "../../lib/elements/line_chart/plot.ts";
import { nearest, readingsOf } from "../../lib/elements/line_chart/readings.ts";
import { placeIn, rangeOf, ticks, widenToTicks } from "../../lib/elements/line_chart/ticks.ts";
import { Page } from "../../lib/elements/page.ts";

const SIGNAL = new AbortController().signal;

Deno.test("barChart() refuses a value outside 0…max, NaN included, naming the piece and the value", () => {
  for (const value of [NaN, Infinity, -0.1, 1.01]) {
    const pieces: readonly Piece[] = [["fine", 0.5], ["bad one", value]];
    assert.throws(() => barChart("Bars", { pieces }), {
      name: "RangeError",
      message: `Cannot draw piece "bad one": its value must be a number from 0 to 1, got ${value}`,
    });
  }
  const named = { title: "t", bars: [{ value: 1 }, { value: 9, name: "second" }] };
  assert.throws(() => barChart("Bars", { pieces: [named], max: 5 }), /piece "t", bar "second": .* from 0 to 5, got 9/);
  for (const max of [0, -1, NaN, Infinity]) assert.throws(() => barChart("Bars", { max }), /max must be .* got/);
});

Deno.test("barChart().set() that is refused changes nothing", () => {
  const chart = barChart("Bars", { pieces: [["a", 1]] });
  const page = new Page();
  page.add(chart);
  page.snapshot();
  assert.throws(() => chart.set([["b", 2]]), RangeError);
  assert.deepEqual(page.take(), []);
  chart.set([["b", 0.25, "a quarter"], { title: "c", bars: [{ value: 0, name: 7 }, { value: 1 }] }]);
  const pieces = [
    { title: "b", bars: [{ value: 0.25, annotation: "a quarter" }] },
    { title: "c", bars: [{ value: 0, name: "7" }, { value: 1 }] },
  ];
  assert.deepEqual(page.take(), [{ element: "bar_chart", set: { pieces } }]);
});

Deno.test("layoutOf() puts one bar on a line, and long titles or several bars below their title", () => {
  const one = readPieces([["a", 1], ["b", 0]], 1);
  const several = readPieces([["a", 1], { title: "b", bars: [{ value: 0 }, { value: 1 }] }], 1);
  assert.equal(layoutOf(one, false), "rows");
  assert.equal(layoutOf(one, true), "blocks");
  assert.equal(layoutOf(several, false), "blocks");
  assert.equal(layoutOf([], false), "rows");
});

Deno.test("twins() counts pieces of one title, and shortTitle() cuts between characters", () => {
  const pieces = readPieces([["a", 0], ["b", 0], ["a", 1], ["__proto__", 1]], 1);
  assert.deepEqual(twins(pieces), [[1, 2], undefined, [2, 2], undefined]);
  assert.equal(shortTitle("x".repeat(48)), "x".repeat(48));
  assert.equal(shortTitle("😀".repeat(49)), `${"😀".repeat(47)}…`);
});

Deno.test("barChart() with onSelect hands the action index, piece and signal, also of two pieces of one title", async () => {
  const seen: unknown[] = [];
  const chart = barChart("Pick", {
    pieces: [["same", 0.1], ["same", 0.2]],
    onSelect: ({ index, piece, signal }) => void seen.push(index, piece.bars[0]?.value, signal === SIGNAL),
  });
  chart.accept(1);
  assert.equal(chart.selected?.bars[0]?.value, 0.2);
  await chart.action.prepare()(SIGNAL);
  assert.deepEqual(seen, [1, 0.2, true]);
});

Deno.test("a selectable bar chart refuses what is no index of a piece", () => {
  const chart = barChart("Pick", { pieces: [["a", 0.1], ["b", 0.2]], onSelect: () => {} });
  for (const wrong of [2, -1, 0.5, NaN, "1", "a", null, undefined, {}, "__proto__"]) {
    assert.throws(() => chart.accept(wrong), InputError, String(wrong));
    assert.match(chart.check(wrong) ?? "", /^Pick must be the index of a piece, from 0 to 1, got /);
  }
  assert.throws(() => chart.set(5), /Cannot set "Pick" to 5: must be the index/);
  assert.equal(chart.value, 0);
});

Deno.test("a selectable bar chart preselects the first piece after each set(), and cannot run without pieces", () => {
  const chart = barChart("Pick", { onSelect: () => {}, selectLabel: (title) => `Take ${title}` });
  const page = new Page();
  page.add(chart);
  page.snapshot();
  assert.equal(chart.action.refusal, '"Pick" has nothing to select');
  assert.equal(chart.check(0), undefined);
  chart.set([["a", 0.5], ["b".repeat(60), 0.5]]);
  assert.equal(chart.action.refusal, undefined);
  chart.set(1);
  chart.set([["c", 1]]);
  assert.equal(chart.value, 0);
  const pieces = [{ title: "c", bars: [{ value: 1 }] }];
  assert.deepEqual(page.take(), [
    { element: "selectable_bar_chart", set: { pieces, selectLabels: ["Take c"], value: 0, version: 2 } },
  ]);
});

Deno.test("lineChart().append() sends the new point alone, and its series' name with the first", () => {
  const chart = lineChart({ xLabel: "x", yLabel: "y", series: [{ name: "a", points: [[0, 1], [1, NaN]] }] });
  const page = new Page();
  page.add(chart);
  assert.deepEqual(page.snapshot().line_chart?.points, [{ series: 0, x: 0, y: 1 }, { series: 0, x: 1 }]);
  chart.append("a", 2, 4);
  assert.deepEqual(page.take(), [{ element: "line_chart", append: { points: [{ series: 0, x: 2, y: 4 }] } }]);
  chart.append("b", 0, -Infinity);
  assert.deepEqual(page.take(), [{ element: "line_chart", append: { names: ["b"], points: [{ series: 1, x: 0 }] } }]);
  chart.set([]);
  assert.deepEqual(page.take(), [{ element: "line_chart", set: { names: [], points: [] } }]);
});

Deno.test("lineChart() refuses an x that is no finite number, and two series of one name", () => {
  const chart = lineChart({ xLabel: "x", yLabel: "y" });
  assert.throws(() => chart.append("loss", NaN, 1), /series "loss": its x must be a finite number, got NaN/);
  assert.deepEqual(chart.state.names, []);
  const twice = [{ name: "a", points: [] }, { name: "a", points: [] }];
  assert.throws(() => chart.set(twice), /two series named "a"/);
});

Deno.test("ticks() are round, inside the range, and free of rounding errors", () => {
  assert.deepEqual(ticks({ min: 0, max: 9.4 }, 5), [0, 2, 4, 6, 8]);
  assert.deepEqual(ticks({ min: -1, max: 1 }, 5), [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual(ticks({ min: 0, max: 0.5 }, 5), [0, 0.1, 0.2, 0.3, 0.4, 0.5]);
  assert.deepEqual(ticks({ min: 1_000_000, max: 1_000_010 }, 5), [1e6, 1000002, 1000004, 1000006, 1000008, 1000010]);
  assert.deepEqual(ticks({ min: 3e-9, max: 9e-9 }, 3), [4e-9, 6e-9, 8e-9]);
});

Deno.test("ticks() and ranges bear the ends of what numbers can hold", () => {
  assert.deepEqual(ticks({ min: -1.7e308, max: 1.7e308 }, 5), [-1.7e308, 1.7e308]);
  assert.deepEqual(ticks({ min: 0, max: 5e-324 }, 5), [0, 5e-324]);
  assert.deepEqual(ticks({ min: 1, max: 1 + Number.EPSILON }, 5), [1, 1 + Number.EPSILON]);
  assert.equal(placeIn({ min: -1.7e308, max: 1.7e308 }, 0), 0.5);
  assert.deepEqual(rangeOf([4]), { min: 2, max: 6 });
  assert.deepEqual(rangeOf([0, 0]), { min: -1, max: 1 });
  assert.equal(rangeOf([]), undefined);
  assert.deepEqual(widenToTicks({ min: 0.82, max: 3.9 }, 5), { min: 0, max: 4 });
});

Deno.test("plotOf() breaks a line at a gap and marks a point that stands alone", () => {
  const points = Array.from({ length: 50 }, (_, x) => x === 10 || x === 12 ? { series: 0, x } : { series: 0, x, y: x });
  const readings = readingsOf(["a"], points);
  const { lines: [line] } = plotOf(readings);
  assert.equal(line?.runs.length, 2);
  assert.equal(line.runs[0]?.split(" ").length, 10);
  assert.equal(line.runs[0]?.split(" ")[0], "0.0,1000.0");
  assert.deepEqual(line.marks, [[11, 11]]);
  assert.deepEqual(readings.lines[0]?.values.get(10), [undefined]);
  assert.equal(readings.xs.length, 50);
  assert.deepEqual(plotOf(readingsOf([], [])).lines, []);
});

Deno.test("nearest() finds the closest x on either side", () => {
  assert.equal(nearest([0, 1, 10], 0.4), 0);
  assert.equal(nearest([0, 1, 10], 6), 2);
  assert.equal(nearest([0, 1, 10], 99), 2);
  assert.equal(nearest([5], -1), 0);
});
