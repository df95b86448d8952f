import type { Locator } from "playwright-core";

/**
 * Where the first of them stands on the screen, in CSS pixels.
 * Subtle: `boundingBox()` may still reckon with how far the page was scrolled a moment ago.
 */
export function placeOf(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  return locator.first().evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return { x, y, width, height };
  });
}
