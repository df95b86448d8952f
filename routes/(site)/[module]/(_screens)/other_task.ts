/** From one task or split of a module to another, which may have other splits, other rows and other defaults. */
import { within } from "../../../../lib/server/admission/within.ts";
import { namesFromQuery, type Place, resolvePlace } from "../../../../lib/server/place.ts";
import type { Registry } from "../../../../lib/server/registry.ts";
import { PIN, SELECTED, SLICE } from "../../../../lib/ui/address/dataset_screen.ts";
import {
  defaultsOf,
  FROM_SPLIT,
  FROM_TASK,
  PARAM_NAMES,
  paramsFromQuery,
  paramsToQuery,
  screenHref,
} from "../../../../lib/ui/address/generation_screen.ts";
import type { ScreenRequest } from "./screen.ts";

/** How long it waits for the other task's rows, to know how many there are. */
const PATIENCE_MS = 1_000;
/** What else an address may hold that says nothing of rows or their fields. */
const OF_ANY_ROWS = ["numbers", "colour", "tokens", "score", "statistics"];
/** What holds numbers of rows; slices may hold `only` too. */
const OF_ROW_NUMBERS = [SELECTED, PIN, "only", "offset"];
const OF_PLACE = [FROM_TASK, FROM_SPLIT, "task", "split", "sample", "edits", "generator", ...PARAM_NAMES];

/**
 * Where the form of a sample leads that names the task or split it was shown for. The sample stays where the other one has one
 * of that number in a split of that name, and what was asked of its rows where they are the same ones; in another split of
 * the task only what holds no numbers of rows. Params that were as the one task sets them are then as the other one does.
 * @returns undefined where neither is named, or a param cannot be used
 * @throws {ProblemError} 422 for a task that there is not
 */
export async function toOtherTask({ state: { registry }, path, url }: ScreenRequest): Promise<Response | undefined> {
  const query = url.searchParams, fromTask = query.get(FROM_TASK), fromSplit = query.get(FROM_SPLIT);
  if (fromTask === null && fromSplit === null) return undefined;
  const { split = "", ...names } = namesFromQuery(query);
  const at = resolvePlace(registry, path, names), from = fromTask ?? at.taskName, before = own(at.module.tasks, from);
  const was = defaultsOf(before?.params), read = paramsFromQuery(query, was);
  // Without JavaScript every form names its task, and params that cannot be used are told by the page that is opened.
  if (read.problem !== undefined) return undefined;
  const rows = own(at.task.dataset, split);
  const place = rows === undefined ? at : { ...at, split };
  const isSame = rows !== undefined && before !== undefined && own(before.dataset, fromSplit ?? split) === rows;
  const sample = isSame ? place.sample : rows === undefined ? 0 : await sampleWithin(registry, place);
  const defaults = defaultsOf(place.task.params);
  const changed = paramsToQuery(read.params, was).map((entry) => [...entry]);
  const { params } = paramsFromQuery(new URLSearchParams(changed), defaults);
  const screen = { ...place, module: place.module.name, component: place.component.name, task: place.taskName };
  const stays = (name: string, text: string) =>
    isSame || (from === at.taskName ? !holdsRowNumbers(name, text) : OF_ANY_ROWS.includes(name));
  const others = [...query].filter(([name, text]) => !OF_PLACE.includes(name) && stays(name, text));
  const edits = isSame ? place.edits : {};
  const location = screenHref({ ...screen, sample, edits, defaults, params }, others);
  return new Response(null, { status: 303, headers: { location } });
}

function holdsRowNumbers(name: string, text: string): boolean {
  return OF_ROW_NUMBERS.includes(name) || (name.startsWith(SLICE) && new URLSearchParams(text).has("only"));
}

/** The first sample where there is none of the number, or where it is not known in time how many there are. */
async function sampleWithin(registry: Registry, { module, taskName, split, sample }: Place): Promise<number> {
  if (sample === 0) return 0;
  const dataset = await within(PATIENCE_MS, registry.openedDataset(module.name, taskName, split));
  return dataset !== undefined && sample < dataset.size ? sample : 0;
}

/** Subtle: only own names count, so that `constructor` names nothing. */
function own<Value>(named: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(named, name) ? named[name] : undefined;
}
