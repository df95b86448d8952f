/** What `deno task bench` found, as data and as a table. */
import * as v from "valibot";
import { rowSchema, rowsTable } from "../gate.ts";

export const reportSchema = v.object({ machine: v.string(), model: v.string(), rows: v.array(rowSchema) });
export type Report = v.InferOutput<typeof reportSchema>;

export function reportTable({ machine, model, rows }: Report): string {
  return `${model}; ${machine}\n\n${rowsTable(rows)}`;
}
