import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { edited, EMPTY_CHAT, sent } from "../../../lib/ui/chat/chat_state.ts";
import { VersionDiff } from "../../../lib/ui/chat/VersionDiff.tsx";
import { MOST_CHANGES, tokenDiff, wordDiff } from "../../../lib/ui/token/text_diff.ts";

function ids(from: number, count: number): readonly { readonly id: number }[] {
  return Array.from({ length: count }, (_, index) => ({ id: from + index }));
}

function sides<Value>(parts: readonly { readonly value: Value; readonly added: boolean; readonly removed: boolean }[]) {
  return [parts.filter(({ added }) => !added), parts.filter(({ removed }) => !removed)]
    .map((side) => side.map(({ value }) => value));
}

Deno.test("wordDiff() marks the words that changed, and gives both texts back however unlike they are", () => {
  assert.deepEqual(
    wordDiff("i have a dragon .", "i have a wolf .").map(({ value, added, removed }) => [
      value,
      added ? "+" : removed ? "-" : "=",
    ]),
    [["i have a ", "="], ["dragon", "-"], ["wolf", "+"], [" .", "="]],
  );
  const words = (letter: string) => Array.from({ length: MOST_CHANGES }, (_, index) => `${letter}${index}`).join(" ");
  const [before, after] = [words("a"), words("b")];
  assert.deepEqual(sides(wordDiff(before, after)), [[before], [after]]);
  assert.deepEqual(sides(wordDiff(`so ${before}`, `so ${after}`)), [["so ", before], ["so ", after]]);
  assert.deepEqual(sides(wordDiff("so ", `so ${after}`)), [["so "], ["so ", after]], "one goes on from the other");
});

Deno.test("tokenDiff() finds what stands in both, and keeps the common beginning of rows too unlike to be compared", () => {
  const [one, two, three] = ids(1, 3);
  assert.ok(one && two && three);
  const small = tokenDiff([one, two, three], [one, three]);
  assert.deepEqual(sides(small.parts), [[[one], [two], [three]], [[one], [three]]]);
  assert.equal(small.common, 2);
  const begin = ids(0, 3), before = [...begin, ...ids(10, MOST_CHANGES)], after = [...begin, ...ids(10_000, 600)];
  const large = tokenDiff(before, after);
  assert.deepEqual(sides(large.parts), [[begin, before.slice(3)], [begin, after.slice(3)]]);
  assert.equal(large.common, undefined, "nobody has looked for what else both have");
});

Deno.test("VersionDiff seeks no difference before it is opened", () => {
  const first = sent(EMPTY_CHAT, "i have a dragon .", 0);
  const turn = first.turns[0];
  assert.ok(turn);
  const { turns } = edited(first, turn, "i have a wolf .");
  const shown = turns.at(-1);
  assert.ok(shown);
  const html = renderToString(h(VersionDiff, { versions: turns, shown }));
  assert.match(html, /<details/);
  assert.doesNotMatch(html, /dragon|wolf/);
});
