/** The address of a page, which is told in the frame after what it says was drawn. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";

/**
 * A part of the address, as the page has it now.
 * Subtle: `page.url()` is told of a changed address later than a locator sees what changed with it.
 */
export function inAddress(page: Page, name: string): Promise<string | null> {
  return page.evaluate((name) => new URLSearchParams(location.search).get(name), name);
}

/** Waits until a part of the address is this; null for none. */
export async function addressHas(page: Page, name: string, wanted: string | null): Promise<void> {
  const isTold = page.waitForFunction(
    ([name, wanted]) => new URLSearchParams(location.search).get(name) === wanted,
    [name, wanted] as const,
    { timeout: 10_000 },
  );
  await isTold.catch(async () => assert.equal(await inAddress(page, name), wanted, name));
}
