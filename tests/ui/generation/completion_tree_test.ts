import assert from "node:assert/strict";
import { leafWith } from "../../../lib/ui/generation/CompletionTree.tsx";

Deno.test("leafWith() goes to the completion on screen where it begins with the path, and else to the first that does", () => {
  const leaves = [[1, 2, 3], [1, 2, 4], [1, 5]].map((ids, sequence) => ({ run: 0, sequence, ids }));
  const led = (path: readonly number[], current?: number) =>
    leafWith(path, leaves, current === undefined ? undefined : leaves[current])?.sequence;
  assert.deepEqual([led([1, 2], 1), led([1, 2], 2), led([1, 2])], [1, 0, 0]);
  assert.deepEqual([led([1, 5], 1), led([9], 1)], [2, undefined]);
});
