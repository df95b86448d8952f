/** Where somebody was on the generation screen, as a browser keeps it. */
import * as v from "valibot";
import type { Selection } from "../address/selection_text.ts";
import type { Run } from "./generation_state.ts";
import { wholeSchema } from "../exported_json.ts";
import { type Trail, trailFrom } from "../trail.ts";

/** Which run somebody sees, and which token they have opened. What is kept names the run by its id: tabs and files order runs anew. */
export interface Place {
  readonly run: number;
  readonly selection: Selection | undefined;
}

export const START: Place = { run: 0, selection: undefined };

/** Places further back are not kept. */
const MOST = 200;

const trailSchema = v.object({
  at: wholeSchema,
  places: v.array(v.object({
    run: v.string(),
    selection: v.optional(v.variant("kind", [
      v.object({ kind: v.literal("step"), sequence: wholeSchema, position: wholeSchema }),
      v.object({ kind: v.literal("scored"), position: wholeSchema }),
    ])),
  })),
});

export function trailText({ at, places }: Trail<Place>, runs: readonly Pick<Run, "id">[]): string {
  const from = Math.max(0, places.length - MOST);
  const kept = places.slice(from).map(({ run, selection }) => ({ run: runs[run]?.id ?? "", selection }));
  return JSON.stringify({ at: Math.max(0, at - from), places: kept });
}

/** The trail over those of its runs that there are; a new one at the latest run where that which was seen last is not there. */
export function readTrail(text: string | undefined, runs: readonly Pick<Run, "id">[]): Trail<Place> {
  const latest = trailFrom<Place>({ run: Math.max(0, runs.length - 1), selection: undefined });
  if (text === undefined) return latest;
  const parsed = v.safeParse(trailSchema, parse(text));
  if (!parsed.success) return latest;
  const indexes = new Map(runs.map(({ id }, index) => [id, index]));
  const known = parsed.output.places.map(({ run: id, selection }): Place | undefined => {
    const run = indexes.get(id);
    return run === undefined ? undefined : { run, selection };
  });
  const { at } = parsed.output;
  if (known[at] === undefined) return latest;
  return {
    at: known.slice(0, at).filter((place) => place !== undefined).length,
    places: known.filter((place) => place !== undefined),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Only where somebody was: without it the latest run is shown.
  }
}
