/** Where somebody was on the generation screen, as a browser keeps it. */
import * as v from "valibot";
import type { Selection } from "../address/selection_text.ts";
import type { Run } from "./generation_state.ts";
import { wholeSchema } from "../exported_json.ts";
import { type Trail, trailFrom } from "../trail.ts";

/** Which run somebody sees, and which token they have opened. */
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
    run: wholeSchema,
    selection: v.optional(v.variant("kind", [
      v.object({ kind: v.literal("step"), sequence: wholeSchema, position: wholeSchema }),
      v.object({ kind: v.literal("scored"), position: wholeSchema }),
    ])),
  })),
});

export function trailText({ at, places }: Trail<Place>): string {
  const from = Math.max(0, places.length - MOST);
  return JSON.stringify({ at: Math.max(0, at - from), places: places.slice(from) });
}

/** The trail over the runs that there are; a new one at the latest run when there is none that fits. */
export function readTrail(text: string | undefined, runs: readonly Run[]): Trail<Place> {
  const latest = trailFrom<Place>({ run: Math.max(0, runs.length - 1), selection: undefined });
  if (text === undefined) return latest;
  const parsed = v.safeParse(trailSchema, parse(text));
  if (!parsed.success) return latest;
  const { at } = parsed.output;
  const places = parsed.output.places.map(({ run, selection }): Place => ({ run, selection }));
  const fits = places.length > at && places.every(({ run }) => run < Math.max(1, runs.length));
  return fits ? { at, places } : latest;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Only where somebody was: without it the latest run is shown.
  }
}
