/** The address of the page's entry in the browser's history follows what is on screen, no more often than browsers take. */

/** Safari takes a hundred changes of the history in 30 s, and throws at the next: a few at once, the others this far apart. */
const APART_MS = 350;
const AT_ONCE = 10;
/** After this long all that came before is forgotten. */
const WINDOW_MS = 30_000;

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

/** Tells at once what waits to be told. */
export function flushAddress(): void {
  const href = waiting;
  dropAddress();
  if (href !== undefined && !isTaken(() => history.replaceState(history.state, "", href))) tellAddress(href);
}

/** Makes an entry with that address. Where the browser refuses, the entry that is there gets it later. */
export function pushAddress(href: string): void {
  flushAddress();
  // What was refused is of the entry that is left.
  dropAddress();
  if (!isTaken(() => history.pushState(null, "", href))) tellAddress(href);
}

/** Counts a change of the history, whoever asks for it. False where the browser refuses it: then the next waits long. */
function isTaken(change: () => void): boolean {
  const nowMs = performance.now();
  dueMs = Math.min(Math.max(dueMs, nowMs), nowMs + WINDOW_MS) + APART_MS;
  try {
    change();
    return true;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    dueMs = nowMs + WINDOW_MS;
    return false;
  }
}

/** Forgets what waits to be told. */
export function dropAddress(): void {
  removeEventListener("pagehide", flushAddress);
  clearTimeout(timer);
  timer = waiting = undefined;
}
