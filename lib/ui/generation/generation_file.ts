/** What was generated of a sample, as it is kept in the browser and exported. */
import * as v from "valibot";
import type { GenerationScreen } from "../address/generation_screen.ts";
import { type KeptCompletion, type KeptRun, runSchema, type ToldStep } from "./kept_run.ts";
import { fingerprint } from "../fingerprint.ts";
import { exportedJson, isRecord } from "../exported_json.ts";
import { lean } from "../told_step.ts";
import { type PlacedCandidate, readTokens, TokenTable } from "../token_table.ts";

const FORMAT = "visuallm-generations";
const VERSION = 1;
/** Most characters that the names of what servers told take, a completion. */
const TOLD_NAMES = 20;

/** What the runs are of; another generator has other tokens. */
export type KeptPlace = Pick<
  GenerationScreen,
  "module" | "component" | "task" | "split" | "sample" | "edits" | "ownPrompt" | "generator"
>;

/** The name under which a browser keeps a prompt's runs; whoever wrote one may have come from any sample. */
export function keptKey(
  { module, component, task, split, sample, edits, ownPrompt, generator }: KeptPlace,
): string {
  const more = Object.keys(edits).length === 0 ? [] : [JSON.stringify(edits)];
  const parts = ownPrompt === undefined
    ? [split, sample, generator, ...more]
    : ["own prompt", fingerprint(ownPrompt), generator];
  return `${KEY_START}${[module, component, task, ...parts].map(encode).join("/")}`;
}

export const KEY_START = "generation:";

/** The keys of other prompts among the names of what is kept, each with all that is kept under it, as its trail. */
export function keptOfOthers(names: readonly string[], key: string): ReadonlyMap<string, readonly string[]> {
  // A key has no spaces; what else is kept of its sample has a word after one.
  const byKey = Map.groupBy(names, (name) => name.split(" ", 1)[0] ?? name);
  byKey.delete(key);
  return byKey;
}

/** @param most characters of the text: what servers told is left out, of the oldest completions first, where it would have more */
export function exportRuns(place: KeptPlace, runs: readonly KeptRun[], most = Infinity): string {
  const withTold = (told: ReadonlyMap<KeptCompletion, readonly PlacedTold[]>) =>
    runs.map((run) => ({ ...run, completions: run.completions.map((each) => ({ ...each, told: told.get(each) })) }));
  const file = { format: FORMAT, version: VERSION, place: placeOf(place), runs: withTold(new Map()) };
  const text = JSON.stringify(file, leaner);
  const completions = runs.flatMap((run) => run.completions);
  const { tokens, told } = placedTold(completions, most - text.length - TOLD_NAMES * (completions.length + 1));
  return told.size === 0 ? text : JSON.stringify({ ...file, tokens, runs: withTold(told) }, leaner);
}

interface PlacedTold extends Omit<ToldStep, "top"> {
  readonly top: readonly PlacedCandidate[];
}

/** What servers told, by the places of its tokens. @param room characters that it may take; the latest completions come first */
function placedTold(completions: readonly KeptCompletion[], room: number) {
  const table = new TokenTable();
  const told = new Map<KeptCompletion, readonly PlacedTold[]>();
  let left = room;
  for (const completion of completions.toReversed()) {
    if (completion.told === undefined) continue;
    const known = table.tokens.length;
    const placed = completion.told.map(({ top, ...rest }): PlacedTold => ({ ...rest, top: table.placed(top) }));
    left -= JSON.stringify([placed, table.tokens.slice(known)]).length;
    if (left < 0) {
      table.cutTo(known);
      break;
    }
    told.set(completion, placed);
  }
  return { tokens: table.tokens, told };
}

/** The runs of a text, and those of them that cannot be read. */
export interface ReadRuns {
  readonly runs: readonly KeptRun[];
  readonly unread?: {
    /** What is wrong with the first of them. */
    readonly reason: string;
    /** A text of them alone, and one of the others, each run as it stood in the whole. */
    readonly text: string;
    readonly rest: string;
  };
}

/** @throws {SyntaxError} saying what is wrong with the text or one of its runs, or that it is of another sample or prompt */
export function importRuns(text: string, here: KeptPlace): readonly KeptRun[] {
  const { runs, unread } = readRuns(text, here);
  if (unread !== undefined) throw new SyntaxError(unread.reason);
  return runs;
}

/** @throws {SyntaxError} where no run can be read, saying why */
export function readRuns(text: string, here: KeptPlace): ReadRuns {
  const value: unknown = exportedJson(text, "Cannot read the runs");
  if (!isRecord(value) || value.format !== FORMAT || value.version !== VERSION || !Array.isArray(value.runs)) {
    throw new SyntaxError(`Cannot read the runs: expected format "${FORMAT}", version ${VERSION}, and a list of runs`);
  }
  const there = isRecord(value.place) ? value.place : {};
  const wanted: Readonly<Record<string, unknown>> = placeOf(here);
  // What one of them tells and the other does not is another one too: a prompt of one's own, or a sample.
  for (const name of new Set([...Object.keys(wanted), ...PLACES.filter((each) => Object.hasOwn(there, each))])) {
    if (JSON.stringify(there[name]) === JSON.stringify(wanted[name])) continue;
    throw new SyntaxError(
      `Cannot read the runs here: their ${name} is ${shown(there[name])}, that of this page ${shown(wanted[name])}`,
    );
  }
  const schema = runSchema(readTokens(value.tokens));
  const runs: KeptRun[] = [], rest: unknown[] = [], bad: unknown[] = [];
  let reason = "";
  for (const [index, run] of value.runs.entries()) {
    const parsed = v.safeParse(schema, run);
    if (parsed.success) {
      runs.push(parsed.output);
      rest.push(run);
    } else {
      const [issue] = parsed.issues;
      if (bad.length === 0) reason = `Cannot read run ${index + 1}: ${v.getDotPath(issue) ?? "it"}: ${issue.message}`;
      bad.push(run);
    }
  }
  if (bad.length === 0) return { runs };
  if (runs.length === 0) throw new SyntaxError(reason);
  const textOf = (some: readonly unknown[]) => JSON.stringify({ ...value, runs: some });
  return { runs, unread: { reason, text: textOf(bad), rest: textOf(rest) } };
}

/** Bytes that a token's text tells as well are left out. */
function leaner(_: string, value: unknown): unknown {
  if (!isRecord(value) || typeof value.text !== "string" || !Array.isArray(value.bytes)) return value;
  return lean({ ...value, text: value.text, bytes: value.bytes });
}

const PLACES: readonly string[] = ["prompt", "split", "sample", "edits"];

/** What the runs are of, as a file tells it: a sample, or a prompt of one's own, which nothing else tells. */
function placeOf({ module, component, task, split, sample, edits, ownPrompt, generator }: KeptPlace) {
  return ownPrompt === undefined
    ? { module, component, task, split, sample, edits, generator }
    : { module, component, task, prompt: ownPrompt, generator };
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text === undefined ? "not told" : text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** Characters of a text that is told as the wrong one. */
const SHOWN = 80;

function encode(part: string | number): string {
  return encodeURIComponent(part);
}
