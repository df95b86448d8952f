/** Tables: what the handle refuses, what the page is sent, the order of rows, and the exports. */
import assert from "node:assert/strict";
import { Page } from "../../lib/elements/page.ts";
import type { ExportCell, WireCell } from "../../lib/elements/table/cell.ts";
import { csvTable } from "../../lib/elements/table/csv.ts";
import { escapeLatex, latexTable } from "../../lib/elements/table/latex.ts";
import { linkPath } from "../../lib/elements/table/link_path.ts";
import { linkTexts } from "../../lib/elements/table/link_texts.ts";
import { nextSort, type Sort, sortedOrder } from "../../lib/elements/table/sort.ts";
import { type Cell, type LinkOptions, type Row, table } from "../../lib/elements/table/table.ts";
import { markdown } from "../../lib/elements/text/text.ts";
import { barChart, component, defineModule } from "../../lib/mod.ts";
import { rigApp } from "../rig/rig_app.ts";

const nothing = () => undefined;

function plain(...texts: readonly string[]): readonly ExportCell[] {
  return texts.map((text) => ({ text, isMarkdown: false }));
}

Deno.test("table() holds every scalar, and all of them survive JSON", () => {
  const page = new Page();
  const cells = [1.5, null, true, 12n, undefined, NaN, -Infinity, "", "<script>", "\0\ud800\u202e"];
  page.add(table(cells.map((_, column) => column), { rows: [cells] }));
  const state = JSON.parse(JSON.stringify(page.snapshot().table));
  assert.deepEqual(state.rows, [[
    1.5,
    null,
    true,
    { shown: "12", isNumber: true },
    { shown: "undefined", isNumber: false },
    { shown: "NaN", isNumber: true },
    { shown: "-Infinity", isNumber: true },
    "",
    "<script>",
    "\0\ud800\u202e",
  ]]);
});

Deno.test("a cell may hold an element, which comes to the page with it", () => {
  const page = new Page();
  page.add(table(["a"], { rows: [[markdown("**b**")]] }));
  const { table: state, markdown: inner } = page.snapshot();
  assert.deepEqual(state?.rows, [[{ element: "markdown" }]]);
  assert.equal(inner?.text, "**b**");
});

Deno.test("Table names the row that does not fit, and adds none of its call", () => {
  const ragged = table(["a", "b"], { title: "T", rows: [[1, 2]] });
  assert.throws(() => ragged.append([3, 4], [5]), {
    name: "RangeError",
    message: 'Cannot add row 2 of table "T": expected 2 cells, one for each header, got 1',
  });
  assert.equal(ragged.state.rows.length, 1);
  assert.throws(() => table([], {}), /Cannot create table "table": expected at least one header, got none/);
  const odd: unknown[] = [[{}, 1], [Symbol("s"), 1], [() => 1, 1], "no row", null];
  for (const row of odd) assert.throws(() => ragged.append(row as Row), TypeError);
  assert.throws(() => ragged.append([1, [2] as unknown as Cell]), /row 1 of table "T", column "b": expected a scalar/);
});

Deno.test("Table.append() sends the new rows alone; prepend() keeps the rows' ids", () => {
  const page = new Page();
  const log = table(["step"], { rows: [[1], [2]] });
  page.add(log);
  page.snapshot();
  log.append([3]);
  log.append([4], [5]);
  assert.deepEqual(page.take(), [{ element: "table", append: { rows: [[3], [4], [5]] } }]);
  log.prepend([-1], [0]);
  assert.deepEqual(page.take(), [{
    element: "table",
    set: { rows: [-1, 0, 1, 2, 3, 4, 5].map((n) => [n]), first: -2 },
  }]);
  log.append();
  assert.deepEqual(page.take(), []);
});

Deno.test("a link stays with its rows when others come before them, and goes when they go", () => {
  const page = new Page();
  const facts = table(["fact"], { title: "Facts", rows: [["dogs"], ["bread"]] });
  const turns = table(["turn"], { rows: [["hi"]] });
  for (const each of [facts, turns]) page.add(each);
  turns.link(0, facts, 1, { label: 0.5, colour: "rebeccapurple" });
  page.snapshot();
  facts.prepend(["rain"]);
  turns.prepend(["before"]);
  const texts = () => {
    const states = page.snapshot();
    return [...linkTexts(JSON.parse(JSON.stringify(states["table_1"]?.links)), (name) => states[name])];
  };
  assert.deepEqual(texts(), [[0, "→ Facts, row 3: 0.5"]]);
  facts.set([["other"], ["rows"], ["now"]]);
  assert.deepEqual(texts(), []);
  facts.prepend(["before"], ["all"], ["of them"]);
  assert.deepEqual(texts(), [], "a row before new ones is none of the old");
  turns.clear();
  assert.deepEqual([turns.state.rows, turns.state.links], [[], []]);
});

Deno.test("Table.link() refuses rows, colours and widths that are none, and names them", () => {
  const facts = table(["fact"], { title: "Facts", rows: [["dogs"], ["bread"]] });
  const turns = table(["turn"], { name: "turns" });
  assert.throws(() => turns.link(0, facts, 0), {
    name: "RangeError",
    message: 'Cannot link from row 0 of table "turns": it has no rows',
  });
  for (const row of [2, -1, 0.5, NaN]) {
    assert.throws(() => facts.link(0, facts, row), {
      name: "RangeError",
      message: `Cannot link to row ${row} of table "Facts": its rows are 0 to 1`,
    });
  }
  assert.throws(() => facts.link(0, facts, 1, { colour: 5 } as unknown as LinkOptions), TypeError);
  assert.throws(() => facts.link(0, {} as unknown as typeof facts, 1), TypeError);
  for (const importance of [0, -1, NaN, Infinity]) {
    assert.throws(() => facts.link(0, facts, 1, { importance }), RangeError);
  }
  facts.link(0, facts, 1);
  assert.deepEqual(facts.state.links.map(({ importance, label, colour }) => [importance, label, colour]), [
    [3, "", "orange"],
  ]);
  facts.clearLinks();
  assert.deepEqual(facts.state.links, []);
});

Deno.test("sortedOrder() sorts numbers by value, text by its parts, and what is absent last", () => {
  const sorted = (cells: readonly WireCell[], direction: Sort["direction"]) =>
    sortedOrder(cells.map((cell) => [cell]), { column: 0, direction }, nothing);
  const numbers = [10, 9, "-1.5", null, 9, "2e1 %", { shown: "NaN", isNumber: true }];
  assert.deepEqual(sorted(numbers, "ascending"), [2, 1, 4, 0, 5, 3, 6]);
  assert.deepEqual(sorted(numbers, "descending"), [5, 0, 1, 4, 2, 3, 6]);
  const infinities = [{ shown: "Infinity", isNumber: true }, 0, { shown: "-Infinity", isNumber: true }, 1];
  assert.deepEqual(sorted(infinities, "ascending"), [2, 1, 3, 0]);
  assert.deepEqual(sorted(["row 10", "row 9", 3, true], "ascending"), [2, 1, 0, 3]);
});

Deno.test("nextSort() goes from ascending to descending to the rows' own order", () => {
  const first = nextSort(undefined, 1);
  assert.deepEqual(first, { column: 1, direction: "ascending" });
  assert.deepEqual(nextSort(first, 1), { column: 1, direction: "descending" });
  assert.equal(nextSort(nextSort(first, 1), 1), undefined);
  assert.deepEqual(nextSort(first, 0), { column: 0, direction: "ascending" });
});

Deno.test("latexTable() writes a tabular between \\begin{center} and \\end{center}", () => {
  const expected = String.raw`\begin{center}
\begin{tabular}{c c c}
a & b & c \\
\hline
1 & 2 & x y \\
3 & \texttt{f(x)} & \textbf{bold} \textit{it} \& a link
\end{tabular}
\end{center}
`;
  const rich = ["3", "`f(x)`", "**bold** *it* & a [link](https://x.org)"];
  const rows = [plain("1", "2", "x y"), rich.map((text) => ({ text, isMarkdown: true }))];
  assert.equal(latexTable(["a", "b", "c"], rows), expected);
});

Deno.test("latexTable() gives cells of several lines their rows, two of them in one row too", () => {
  const rows = [plain("1", "i have\ntwo", "a\nb\nccccc"), plain("[2]", "\r\n*x", ""), plain("*", "y", "z")];
  const body = latexTable(["n", "s", "t"], rows).split("\\hline\n")[1]?.split("\n\\end{tabular}")[0];
  assert.equal(
    body,
    String
      .raw`1 & \multirow{2}{*}{\parbox{3em}{\centering i have\\two}} & \multirow{3}{*}{\parbox{2.5em}{\centering a\\b\\ccccc}} \\
 &  &  \\
 &  &  \\
{}[2] & \multirow{2}{*}{\parbox{1em}{\centering \strut\\{}*x}} &  \\
 &  &  \\
{}* & y & z`,
  );
});

Deno.test("escapeLatex() escapes what TeX reads as code, and names what it cannot read", () => {
  assert.equal(
    escapeLatex("&%_#${}~^\\<>|"),
    String.raw`\&\%\_\#\$\{\}\textasciitilde{}\textasciicircum{}\textbackslash{}\textless{}\textgreater{}\textbar{}`,
  );
  assert.equal(escapeLatex("\0 \ud800 \u202e é 👨‍👩‍👧"), String.raw`\texttt{U+0000} \texttt{U+D800} \texttt{U+202E} é 👨‍👩‍👧`);
});

Deno.test("csvTable() quotes as RFC 4180 says", () => {
  const rows = [["1,5", 'a "b"', ""], ["x\ny", " z ", "=1+1"]];
  assert.equal(csvTable(["a", "b", "c"], rows), 'a,b,c\r\n"1,5","a ""b""",\r\n"x\ny", z ,\'=1+1\r\n');
  assert.equal(csvTable(["a"], [[""], ["1"]]), 'a\r\n""\r\n1\r\n');
});

Deno.test("linkPath() joins the edges that face each other, and keeps a curve beside stacked rows on the page", () => {
  const left = { left: 0, right: 100, y: 10 }, right = { left: 300, right: 400, y: 50 };
  assert.equal(linkPath(left, right, 1000).d, "M100,10C200,10 200,50 300,50");
  assert.equal(linkPath(right, left, 1000).d, "M300,50C200,50 200,10 100,10");
  const below = { left: 0, right: 390, y: 90 };
  const xs = [...linkPath(left, below, 390).d.matchAll(/([\d.]+),/g)].map((match) => Number(match[1]));
  assert.ok(Math.max(xs[0] ?? 0, xs[3] ?? 0) + 0.75 * ((xs[1] ?? 0) - Math.max(xs[0] ?? 0, xs[3] ?? 0)) <= 390);
});

Deno.test("digits stand to the right in a column of numbers alone; a line end by itself is marked", async () => {
  const shown = component("Shown", () => [
    table(["token", "count"], { rows: [["1", "12.5 %"], ["\n", 3], ["word", null]] }),
    barChart("Next", { pieces: [["\n", 0.5], ["a\nb", 0.5]] }),
  ]);
  const { fetch } = await rigApp({ modules: [defineModule({ name: "m", components: [shown] })] });
  const html = await (await fetch("/m/shown")).text();
  const cells = [...html.matchAll(/<td[^>]*class="([^"]*)"[^>]*><div[^>]*>([^<]*)<\/div>/g)];
  const told = cells.map(([, style = "", text]) => [text, style.includes("text-right")]);
  assert.deepEqual(told.slice(0, 6), [["1", false], ["12.5 %", true], ["↵", false], ["3", true], ["word", false], [
    "null",
    true,
  ]]);
  assert.match(html, />↵</);
  assert.match(html, />a\nb</);
});
