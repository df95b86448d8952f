import type { Locator } from "playwright-core";

/**
 * Clicks what leads to another page, and waits until that page is read whole: without JavaScript there is nothing else to
 * wait for, and a click is over when the first bytes of the page have come.
 */
export async function follow(link: Locator): Promise<void> {
  await link.click();
  await link.page().waitForLoadState();
}
