/** Whether a field has the focus, so that keys belong to it. */
export function isTyping({ target }: Event): boolean {
  return target instanceof Element && target.matches("input, textarea, select");
}

/** Whether a key alone is meant for the page: nobody types, and no other key is held with it, Shift apart. */
export function isPageKey(event: KeyboardEvent): boolean {
  return !isTyping(event) && !event.ctrlKey && !event.metaKey && !event.altKey;
}
