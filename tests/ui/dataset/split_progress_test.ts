import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { SplitProgress } from "../../../lib/ui/dataset/SplitProgress.tsx";

Deno.test("SplitProgress tells why a split failed, with what cannot be seen made visible, and a way to try again", () => {
  const state = { state: "failed", detail: "no such host \u202Eexe" } as const;
  const html = renderToString(h(SplitProgress, { state, here: "/m/dataset?q=it" }));
  assert.match(html, /It cannot be opened: no such host [^\u202E]*exe/);
  assert.match(html, /href="\/m\/dataset\?q=it"[^>]*>Try again/);
});
