/** Whether a field has the focus, so that keys belong to it. */
export function isTyping({ target }: Event): boolean {
  return target instanceof Element && target.matches("input, textarea, select");
}

/** What is typed in a field counts, as if the field was left; the focus stays in it. */
export function commitTyped(event: Event): void {
  const { target } = event;
  if (!isTyping(event) || !(target instanceof HTMLElement)) return;
  target.blur();
  target.focus({ preventScroll: true });
}

/** Whether a key alone is meant for the page: nobody types, and no other key is held with it, Shift apart. */
export function isPageKey(event: KeyboardEvent): boolean {
  // Subtle: many a keyboard of a Mac has the brackets only with Option, which is Alt.
  const isBracket = /^[[\]]$/.test(event.key);
  return !isTyping(event) && !event.ctrlKey && !event.metaKey && (isBracket || !event.altKey);
}

/** The key that was pressed: a letter is a capital where Shift is held, whatever Caps Lock makes of it. */
export function keyOf({ key, shiftKey }: KeyboardEvent): string {
  if (!/^[a-z]$/i.test(key)) return key;
  return shiftKey ? key.toUpperCase() : key.toLowerCase();
}

/** Whether a click on a link opens another tab or window, so that it is the browser's. */
export function opensBeside({ ctrlKey, metaKey, shiftKey }: MouseEvent): boolean {
  return ctrlKey || metaKey || shiftKey;
}
