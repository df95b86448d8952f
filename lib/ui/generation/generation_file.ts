/** What was generated of a sample, as it is kept in the browser and exported. */
import * as v from "valibot";
import type { GenerationScreen } from "../address/generation_screen.ts";
import { type KeptRun, runSchema } from "./kept_run.ts";
import { exportedJson, isRecord } from "../exported_json.ts";
import { lean } from "../told_step.ts";

const FORMAT = "visuallm-generations";
const VERSION = 1;

/** What the runs are of; another generator has other tokens. */
export type KeptPlace = Pick<
  GenerationScreen,
  "module" | "component" | "task" | "split" | "sample" | "edits" | "generator"
>;

/** The name under which a browser keeps a sample's runs. */
export function keptKey({ module, component, task, split, sample, edits, generator }: KeptPlace): string {
  const more = Object.keys(edits).length === 0 ? [] : [JSON.stringify(edits)];
  return `${KEY_START}${[module, component, task, split, sample, generator, ...more].map(encode).join("/")}`;
}

export const KEY_START = "generation:";

/** The keys of other samples among the names of what is kept, each with all that is kept under it, as its trail. */
export function keptOfOthers(names: readonly string[], key: string): ReadonlyMap<string, readonly string[]> {
  // A key has no spaces; what else is kept of its sample has a word after one.
  const byKey = Map.groupBy(names, (name) => name.split(" ", 1)[0] ?? name);
  byKey.delete(key);
  return byKey;
}

export function exportRuns(
  { module, component, task, split, sample, edits, generator }: KeptPlace,
  runs: readonly KeptRun[],
): string {
  const place = { module, component, task, split, sample, edits, generator };
  return JSON.stringify({ format: FORMAT, version: VERSION, place, runs }, leaner);
}

/** @throws {SyntaxError} saying what is wrong with the text, or that it is of another sample */
export function importRuns(text: string, here: KeptPlace): readonly KeptRun[] {
  const value: unknown = exportedJson(text, "Cannot read the runs");
  if (!isRecord(value) || value.format !== FORMAT || value.version !== VERSION || !Array.isArray(value.runs)) {
    throw new SyntaxError(`Cannot read the runs: expected format "${FORMAT}", version ${VERSION}, and a list of runs`);
  }
  const there = isRecord(value.place) ? value.place : {};
  for (const name of ["module", "component", "task", "split", "sample", "generator", "edits"] as const) {
    const wanted = JSON.stringify(here[name]), found = JSON.stringify(there[name]);
    if (found === wanted) continue;
    throw new SyntaxError(
      `Cannot read the runs here: their ${name} is ${found ?? "not told"}, that of this page ${wanted}`,
    );
  }
  return value.runs.map((run: unknown, index) => {
    const parsed = v.safeParse(runSchema, run);
    if (parsed.success) return parsed.output;
    const [issue] = parsed.issues;
    throw new SyntaxError(`Cannot read run ${index + 1}: ${v.getDotPath(issue) ?? "it"}: ${issue.message}`);
  });
}

/** Bytes that a token's text tells as well are left out. */
function leaner(_: string, value: unknown): unknown {
  if (!isRecord(value) || typeof value.text !== "string" || !Array.isArray(value.bytes)) return value;
  return lean({ ...value, text: value.text, bytes: value.bytes });
}

function encode(part: string | number): string {
  return encodeURIComponent(part);
}
