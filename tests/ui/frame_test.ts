/** What a stream leaves for the next frame, in a tab that draws no frames. */
import assert from "node:assert/strict";
import { collectPerFrame } from "../../lib/ui/frame.ts";

Deno.test("collectPerFrame() delivers what waits when the page is left", () => {
  // A hidden tab: frames are asked for and never come.
  Object.assign(globalThis, { requestAnimationFrame: () => 1, cancelAnimationFrame: () => {} });
  const delivered: number[] = [];
  const frame = collectPerFrame<number>((items) => delivered.push(...items));
  frame.add(1);
  frame.add(2);
  dispatchEvent(new Event("pagehide"));
  assert.deepEqual(delivered, [1, 2]);
  frame.add(3);
  frame.drop();
  dispatchEvent(new Event("pagehide"));
  assert.deepEqual(delivered, [1, 2]);
});
