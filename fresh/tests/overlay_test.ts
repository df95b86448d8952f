import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { codeFrame, errorPage, isShownError, placeOf } from "../overlay.tsx";

const root = fileURLToPath(new URL("fixture", import.meta.url));

Deno.test("codeFrame() shows the lines around a place and marks the column", () => {
  const source = "a\nb\nc\nd\n\tlet x = y;\nf\ng\nh\ni";
  assert.equal(
    codeFrame(source, { path: "", line: 5, column: 10 }),
    "  2 | b\n  3 | c\n  4 | d\n> 5 | \tlet x = y;\n    | \t        ^\n  6 | f\n  7 | g\n  8 | h",
  );
  assert.equal(codeFrame("one\ntwo", { path: "", line: 2, column: 1 }), "  1 | one\n> 2 | two\n    | ^");
});

Deno.test("placeOf() takes the first frame of the project, not of packages or of fresh itself", () => {
  const stack = `Error: x
    at a (file://${root}/node_modules/p/i.js:1:2)
    at b (${new URL("../render.ts", import.meta.url)}:3:4)
    at c (file://${root}/routes/broken.tsx:5:6)
    at d (file://${root}/main.ts:7:8)`;
  assert.deepEqual(placeOf(stack, root), { path: `${root}/routes/broken.tsx`, line: 5, column: 6 });
  assert.equal(placeOf("Error: x", root), undefined);
});

Deno.test("errorPage() escapes what it shows, and keeps the status", async () => {
  const error = new Error("<script>\u001b[31mred\u001b[0m");
  error.stack = `Error: <script>\n at x (file://${root}/main.ts:3:5)`;
  const response = errorPage(error, 503, root, "/dev.js");
  const html = await response.text();
  assert.equal(response.status, 503);
  assert.match(html, /<h1>Error: &lt;script>red<\/h1>/);
  assert.match(html, /<p>main\.ts:3:5<\/p><pre class="frame">/);
  assert.match(html, /&gt; 3 \||> 3 \|/);
  assert.match(html, /<script type="module" src="\/dev\.js">/);
});

Deno.test("only a failed page that a person asked for is replaced", () => {
  const shown = (status: number, accept: string) =>
    isShownError(new Request("http://x", { headers: { accept } }), new Response(null, { status }));
  assert.equal(shown(500, "text/html,*/*"), true);
  assert.equal(shown(404, "text/html"), false);
  assert.equal(shown(500, "application/json"), false);
});
