import type { Page } from "playwright-core";

/**
 * Makes `page.route` hold from its call on; before the page is opened.
 * Subtle: Chromium says that it hands a page's requests over a moment before an open page does so, and one in thirty of
 * the requests that came right after the first `page.route` slipped by.
 */
export async function takeRequests(page: Page): Promise<void> {
  await page.route("**/no-such-request", (route) => route.abort());
}

/**
 * Waits until parts of a page that are fetched when they are needed have come.
 * Subtle: now and then Chromium never says that a page's last request has ended; 5 s are more than any of them takes.
 */
export async function networkIdle(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle", { timeout: 5_000 }).catch(() => {});
}
