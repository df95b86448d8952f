import assert from "node:assert/strict";
import { redact } from "../../../lib/generators/openai/upstream_error.ts";

const KEY = "plain/KEY+0123456789";

Deno.test("redact() leaves the key out in every form and part, and the rest in", () => {
  const cases: readonly (readonly [text: string, shown: string])[] = [
    [`a ${KEY} b`, "a [key] b"],
    [KEY, "[key]"],
    [`${KEY}${KEY}`, "[key]"],
    [`${KEY} and ${KEY}`, "[key] and [key]"],
    [`?key=${encodeURIComponent(KEY)}&b=1`, "?key=[key]&b=1"],
    [`Basic ${btoa(`user:${KEY}`)}`, "Basic [key]"],
    [`${KEY.slice(0, 9)}***${KEY.slice(-8)}`, "[key]***[key]"],
    [
      `plain text, KEY, 01234567 and c2hvcnQgdGV4dCBpbiBiYXNlNjQ=`,
      "plain text, KEY, [key] and c2hvcnQgdGV4dCBpbiBiYXNlNjQ=",
    ],
    ["nothing of it", "nothing of it"],
    ["", ""],
  ];
  for (const [text, shown] of cases) assert.equal(redact(text, KEY), shown);
  assert.equal(redact("of ollama and llama", "ollama"), "of [key] and llama");
  assert.equal(redact("x".repeat(301), undefined), `${"x".repeat(300)}…`);
  assert.equal(redact(`${"x".repeat(297)}${KEY}`, KEY), `${"x".repeat(297)}[ke…`);
});
