import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { type StripToken, TokenStrip } from "../../../lib/ui/token/TokenStrip.tsx";

/** Positions that Tab reaches, of a strip of three tokens. */
function tabStops(selected: number | undefined): readonly string[] {
  const display = { text: "a", isMark: false, breaksLine: false };
  const token: StripToken = { display, heat: 0, logprob: -1, rank: 1 };
  const tokens = [token, token, token];
  const html = renderToString(h(TokenStrip, { label: "strip", tokens, selected, onSelect: () => {} }));
  return [...html.matchAll(/data-position="(\d+)" tabindex="0"/gi)].map((match) => match[1] ?? "");
}

Deno.test("TokenStrip has one token in the tab order, also where the selection points past its end", () => {
  assert.deepEqual(tabStops(undefined), ["0"]);
  assert.deepEqual(tabStops(2), ["2"]);
  assert.deepEqual(tabStops(50), ["0"]);
});
