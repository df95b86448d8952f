import assert from "node:assert/strict";
import { formatSelection, parseSelection } from "../../../lib/ui/address/selection_text.ts";

Deno.test("a selection in a URL names tokens as the screen does, from 1", () => {
  assert.equal(formatSelection({ kind: "scored", position: 2 }), "target:3");
  assert.equal(formatSelection({ kind: "step", sequence: 1, position: 4 }), "2:5");
  assert.deepEqual(parseSelection("target:3"), { kind: "scored", position: 2 });
  assert.deepEqual(parseSelection("2:5"), { kind: "step", sequence: 1, position: 4 });
  const far = { kind: "scored", position: 99_999 } as const;
  assert.deepEqual(parseSelection(formatSelection(far)), far, "token 100,000");
});

Deno.test("parseSelection() selects nothing for what is no selection", () => {
  for (const text of [null, "", "target", "0:1", "1:0", "1:2:3", "target:-1", "1:99999999", "\u0000:1", "١:٢"]) {
    assert.equal(parseSelection(text), undefined, String(text));
  }
});
