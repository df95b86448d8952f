/** Characters of a name that an answer repeats. */
const SHOWN_CHARACTERS = 64;

/**
 * A name that somebody sent, as an error repeats it: no longer than it has to be to be recognised.
 * @example shownName("temperatur") is "temperatur"; of 900 letters it is the first 64 and "… (900 characters)"
 */
export function shownName(name: string): string {
  return name.length <= SHOWN_CHARACTERS
    ? name
    : `${name.slice(0, SHOWN_CHARACTERS).toWellFormed()}… (${name.length} characters)`;
}
