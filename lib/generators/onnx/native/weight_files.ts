/** The files that hold a model's weights: the graph's own, and those that it names beside it. */
import { dirname, join } from "node:path";
import type { GraphFile } from "../graph_file.ts";

export interface WeightFiles {
  /** Of all of them together. */
  readonly sizeBytes: number;
  /** Another text once one of them was changed. */
  readonly version: string;
}

export async function weightFiles(path: string, { external }: Pick<GraphFile, "external">): Promise<WeightFiles> {
  const paths = new Set([path, ...external.map(({ location }) => join(dirname(path), location))]);
  const files = await Promise.all([...paths].map((file) => Deno.stat(file)));
  return {
    sizeBytes: files.reduce((sum, { size }) => sum + size, 0),
    version: files.map(({ size, mtime }) => `${size} ${mtime?.getTime()}`).join(" "),
  };
}
