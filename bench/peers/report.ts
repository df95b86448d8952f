/** What `deno task bench:peers` found, as data and as tables. */
import * as v from "valibot";
import { measured, rowSchema, rowsTable } from "../gate.ts";
import { figure } from "../statistics.ts";
import { table } from "../table.ts";

export const reportSchema = v.object({
  machine: v.string(),
  rounds: v.number(),
  tokens: v.number(),
  lengths: v.array(v.number()),
  agreements: v.array(v.object({ name: v.string(), largest: measured })),
  figures: v.array(v.object({
    name: v.string(),
    /** At each length, as all lists here. */
    decodeMs: v.array(measured),
    firstMs: v.array(measured),
    loadMs: measured,
  })),
  rows: v.array(rowSchema),
});
export type Report = v.InferOutput<typeof reportSchema>;

/** What everybody's absolute figures are, and what the ratios must reach. */
export function reportTables({ figures, lengths, rows }: Report): string {
  const cell = (values: readonly number[]) => values.map(figure).join(" / ");
  const absolute = table(
    ["", `decode at ${lengths.join(" / ")}, p10 ms`, `first token at ${lengths.join(" / ")}, least ms`, "load ms"],
    figures.map(({ name, decodeMs, firstMs, loadMs }) => [name, cell(decodeMs), cell(firstMs), figure(loadMs)]),
  );
  return `${absolute}\n\n${rowsTable(rows)}`;
}

export function agreementTable({ agreements }: Report): string {
  return table(
    ["", "largest difference of a logprob"],
    agreements.map(({ name, largest }) => [name, largest.toPrecision(2)]),
  );
}
