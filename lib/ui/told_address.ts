/** The address of the page's entry in the browser's history follows what is on screen, no more often than browsers take. */

/** Safari takes a hundred changes of the history in 30 s, and throws at the next: a few at once, the others this far apart. */
const APART_MS = 350;
const AT_ONCE = 10;

let waiting: string | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
/** When the next change would be due if none had come at once. */
let dueMs = 0;

/** Changes the address, at once where few came before; of many that come fast the last one is told after a while. */
export function tellAddress(href: string): void {
  if (waiting === undefined) addEventListener("pagehide", flushAddress, { once: true });
  waiting = href;
  const waitMs = dueMs - (AT_ONCE - 1) * APART_MS - performance.now();
  if (waitMs <= 0) flushAddress();
  else timer ??= setTimeout(flushAddress, waitMs);
}

/** Tells at once what waits to be told, as before another entry is made. */
export function flushAddress(): void {
  const href = waiting;
  dropAddress();
  if (href === undefined) return;
  dueMs = Math.max(dueMs, performance.now()) + APART_MS;
  history.replaceState(history.state, "", href);
}

/** Forgets what waits to be told. */
export function dropAddress(): void {
  removeEventListener("pagehide", flushAddress);
  clearTimeout(timer);
  timer = waiting = undefined;
}
