/** What a person made of a text in a form, which browsers show and send otherwise than it is. */

/**
 * The text that was written in a text area which began with `before`. What stands before and after the place that was
 * changed is kept code unit for code unit; a new line ends as those of `before` do.
 * Subtle: of a text area every line end comes as LF from a script and as CR LF from a form, and U+FFFD may stand for what
 * no field of a page can hold: NUL and half of a surrogate pair.
 * @example formText("a\r\nb", "a\nb!\nc") is "a\r\nb!\r\nc", and formText("a\0b", "a\ufffdb") is "a\0b"
 */
export function formText(before: string, sent: string): string {
  const units = before.match(/\r\n?|[\s\S]/g) ?? [];
  const written = withLineFeeds(sent), shown = withLineFeeds(before);
  const sendable = asFormsSend(before);
  const isSame = (at: number, from: number) => written[at] === shown[from] || written[at] === sendable[from];
  const most = Math.min(written.length, shown.length);
  let start = 0, end = 0;
  while (start < most && isSame(start, start)) start++;
  while (end < most - start && isSame(written.length - 1 - end, shown.length - 1 - end)) end++;
  const changed = written.slice(start, written.length - end);
  return [
    ...units.slice(0, start),
    before.includes("\r\n") ? changed.replaceAll("\n", "\r\n") : changed,
    ...units.slice(units.length - end),
  ].join("");
}

/** As a form sends it that nobody changed, but for the line ends, which stay LF here. */
export function asFormsSend(text: string): string {
  return withLineFeeds(text).toWellFormed().replaceAll("\0", "\ufffd");
}

/** As a text area gives it to a script. */
export function withLineFeeds(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}
