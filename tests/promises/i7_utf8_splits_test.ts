/** I7: A character split over tokens at any byte never shows as U+FFFD, unless the bytes are no character. */
import assert from "node:assert/strict";
import { Detokenizer } from "../../lib/lm/detokenize.ts";
import { hostileStrings } from "../rig/hostile_strings.ts";
import { measured } from "../rig/measured.ts";

Deno.test("I7: 40 texts cut at every byte, and into single bytes, come out whole", () => {
  const texts = hostileStrings(40).map((text) => text.slice(0, 300));
  let splits = 0;
  const read = (pieces: readonly Uint8Array[]) => {
    const detokenizer = new Detokenizer();
    const shown = pieces.map((bytes) => detokenizer.push({ id: 1, text: "?", bytes: [...bytes] }));
    splits++;
    return [...shown, detokenizer.flush()].join("");
  };
  for (const text of texts) {
    const bytes = new TextEncoder().encode(text);
    for (let cut = 0; cut <= bytes.length; cut++) {
      assert.equal(read([bytes.subarray(0, cut), bytes.subarray(cut)]), text);
    }
    assert.equal(read(Array.from(bytes, (byte) => Uint8Array.of(byte))), text);
  }
  assert.equal(
    read([Uint8Array.of(0xe2, 0x96), Uint8Array.of(0x41)]),
    "\uFFFDA",
    "bytes that are no character do show",
  );
  measured("I7", `${splits} splits of ${texts.length} texts, 0 replaced characters`);
});
