import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { focusAfter, type StripToken, TokenStrip } from "../../../lib/ui/token/TokenStrip.tsx";

function html(selected: number | undefined): string {
  const display = { text: "a", isMark: false, breaksLine: false };
  const token: StripToken = { display, heat: 0, logprob: -1, rank: "≥ 21" };
  const tokens = [token, token, token];
  return renderToString(h(TokenStrip, { label: "strip", tokens, selected, onSelect: () => {} }));
}

/** Positions that Tab reaches, of a strip of three tokens. */
function tabStops(selected: number | undefined): readonly string[] {
  return [...html(selected).matchAll(/data-position="(\d+)" tabindex="0"/gi)].map((match) => match[1] ?? "");
}

Deno.test("TokenStrip has one token in the tab order, also where the selection points past its end", () => {
  assert.deepEqual(tabStops(undefined), ["0"]);
  assert.deepEqual(tabStops(2), ["2"]);
  assert.deepEqual(tabStops(50), ["0"]);
});

Deno.test("TokenStrip names a rank as it is given, the least that it can be among them", () => {
  assert.match(html(undefined), /aria-label="‹a›, p 0\.368, rank ≥ 21"/);
});

Deno.test("focusAfter() leaves the browser its own keys, and up and down at an end", () => {
  const after = (key: string, focused: number, held = {}) =>
    focusAfter({ key, altKey: false, ctrlKey: false, metaKey: false, ...held }, focused, 3);
  assert.deepEqual(["ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"].map((key) => after(key, 1)), [0, 0, 2, 2]);
  assert.deepEqual([after("Home", 1), after("End", 1), after("a", 1)], [0, 2, undefined]);
  // Left and right would go to another sample of the page.
  assert.deepEqual([after("ArrowLeft", 0), after("ArrowRight", 2)], [0, 2]);
  assert.deepEqual([after("ArrowUp", 0), after("ArrowDown", 2)], [undefined, undefined]);
  for (const held of [{ altKey: true }, { ctrlKey: true }, { metaKey: true }]) {
    for (const key of ["ArrowLeft", "ArrowRight", "Home", "End"]) assert.equal(after(key, 1, held), undefined);
  }
});
