const DEADLINE_MS = 60_000;

/**
 * Looks again and again until it is so.
 * @throws {Error} what was waited for, when it is not so within a minute: a test then fails, and holds up no other one
 */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!await isSo()) {
    if (performance.now() > deadline) throw new Error(`Waited ${DEADLINE_MS / 1000} s, and still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve));
  }
}
