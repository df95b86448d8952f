/** A14: A table that is taken to a spreadsheet runs nothing there: texts that begin as formulas are told apart from numbers. */
import assert from "node:assert/strict";
import Papa from "papaparse";
import { csvTable } from "../../lib/elements/table/csv.ts";
import { measured } from "../rig/measured.ts";

const FORMULAS = [
  "=1+1",
  "+SUM(A1)",
  "-2+3",
  "@now",
  "\t=1",
  "\r=1",
  '=HYPERLINK("http://e","x")',
  "=cmd|' /C calc'!A0",
  "-Infinity+1",
  "-1%+A1",
  "-%",
];
const PLAIN = ["-1.5", "+2", "1e-3", "-Infinity", "-12.5%", "-3 %", "a=b", "", "'quoted'"];

Deno.test("A14: formulas get an apostrophe, numbers and texts stay", () => {
  const cells = [...FORMULAS, ...PLAIN];
  const read = Papa.parse<string[]>(csvTable(["a", "b"], cells.map((cell) => [cell, "x"])), { newline: "\r\n" }).data;
  const first = read.slice(1).map(([cell]: string[]) => cell ?? "");
  for (const [index, cell] of cells.entries()) {
    assert.equal(first[index], FORMULAS.includes(cell) ? `'${cell}` : cell);
  }
  measured("A14", `${FORMULAS.length} formulas marked, ${PLAIN.length} plain cells unchanged`);
});
