/**
 * Texts that this browser keeps for the page. What cannot be read is never written over: it is set aside under another
 * name, from where it can be had as it is.
 */

/** More of one text would make each change of it slow. */
export const MOST_KEPT = 2_000_000;

/** @throws {RangeError} when the text is longer than `MOST_KEPT`, {DOMException} when the browser has no room or keeps nothing */
export function keepText(key: string, text: string): void {
  if (text.length > MOST_KEPT) {
    throw new RangeError(`it has ${text.length} characters, and at most ${MOST_KEPT} are kept of one page`);
  }
  localStorage.setItem(key, text);
}

/** Undefined when nothing is kept, as in a browser that keeps nothing at all. */
export function keptText(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined; // The browser's settings forbid it; what is written tells of it.
  }
}

export function forgetText(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // There is nothing to forget where nothing is kept.
  }
}

/**
 * Moves what is kept out of the way, and says where to. Without room for both it stays, and nothing is returned.
 * @param part what of it is moved, where that is not all, and what stays under the key
 */
export function setAside(
  key: string,
  part?: { readonly text: string; readonly rest: string },
): string | undefined {
  const whole = keptText(key), text = whole && (part?.text ?? whole);
  const names = Array.from({ length: MOST_ASIDE }, (_, index) => `${key} unread ${index + 1}`);
  const known = names.find((name) => keptText(name) === text);
  const place = known ?? names.find((name) => keptText(name) === undefined);
  if (whole === undefined || text === undefined || place === undefined) return undefined;
  try {
    localStorage.removeItem(key);
    localStorage.setItem(place, text);
    if (part !== undefined) localStorage.setItem(key, part.rest);
    return place;
  } catch {
    if (known === undefined) localStorage.removeItem(place);
    localStorage.setItem(key, whole);
    return undefined;
  }
}

/** The names of what is kept that begin with `start`. */
export function keptNames(start: string): readonly string[] {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(start));
  } catch {
    return [];
  }
}

const MOST_ASIDE = 20;
