/** Where somebody is among the runs: which one is shown, and which of its tokens is open. */
import { type Signal, useSignal } from "@preact/signals";
import type { Run } from "./generation_state.ts";
import { type Place, START } from "./kept_trail.ts";
import { hereOn, moved, redone, type Trail, trailFrom, undone } from "../trail.ts";

export interface RunPlaces {
  readonly trail: Signal<Trail<Place>>;
  readonly here: () => Place;
  readonly goTo: (place: Place) => void;
  /** Opens the same token of the completion before or after; false when there is none. */
  readonly goBeside: (by: -1 | 1) => boolean;
  readonly undo: () => void;
  readonly redo: () => void;
}

export function useRunPlaces(runs: Signal<readonly Run[]>): RunPlaces {
  const trail = useSignal(trailFrom(START));
  const here = () => hereOn(trail.value) ?? START;

  function goTo(place: Place): void {
    if (JSON.stringify(place) !== JSON.stringify(here())) trail.value = moved(trail.value, place);
  }

  function goBeside(by: -1 | 1): boolean {
    const { run, selection } = here();
    if (selection?.kind !== "step") return false;
    const sequence = selection.sequence + by;
    const steps = runs.value[run]?.completions[sequence]?.steps ?? [];
    if (steps.length === 0) return false;
    const position = Math.min(selection.position, steps.length - 1);
    goTo({ run, selection: { kind: "step", sequence, position } });
    return true;
  }

  return {
    trail,
    here,
    goTo,
    goBeside,
    undo: () => trail.value = undone(trail.value),
    redo: () => trail.value = redone(trail.value),
  };
}
