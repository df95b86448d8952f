/** Where somebody was on a screen, so that they can go back and forth. Pure; nothing that was made is touched. */

export interface Trail<Place> {
  readonly places: readonly Place[];
  /** Which of them is here. */
  readonly at: number;
}

export function trailFrom<Place>(place: Place): Trail<Place> {
  return { places: [place], at: 0 };
}

/** One place further. What was undone before stays behind it, so that it can be come back to by undoing. */
export function moved<Place>({ places, at }: Trail<Place>, to: Place): Trail<Place> {
  const undone = places.slice(at, -1).toReversed();
  const next = [...places, ...undone, to].slice(-MOST);
  return { places: next, at: next.length - 1 };
}

export function undone<Place>(trail: Trail<Place>): Trail<Place> {
  return { ...trail, at: Math.max(0, trail.at - 1) };
}

export function redone<Place>(trail: Trail<Place>): Trail<Place> {
  return { ...trail, at: Math.min(trail.places.length - 1, trail.at + 1) };
}

export function canUndo<Place>({ at }: Trail<Place>): boolean {
  return at > 0;
}

export function canRedo<Place>({ places, at }: Trail<Place>): boolean {
  return at < places.length - 1;
}

export function hereOn<Place>({ places, at }: Trail<Place>): Place | undefined {
  return places[at];
}

const MOST = 1000;
