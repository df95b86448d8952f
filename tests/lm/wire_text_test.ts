/** How names cross the border to the wire. */
import assert from "node:assert/strict";
import { decodeWire, encodeWire, remembered, snakeCase } from "../../lib/lm/wire_text.ts";

Deno.test("remembered() keeps names, and no numbers of rows, which grow with the data", () => {
  const known = new Map<string, string>();
  const rename = remembered(snakeCase, known);
  for (let row = 0; row < 1000; row++) assert.equal(rename(String(row)), String(row));
  for (let time = 0; time < 2; time++) assert.equal(rename("finalLogprob"), "final_logprob");
  assert.deepEqual([...known], [["finalLogprob", "final_logprob"]]);
});

Deno.test("encodeWire() and decodeWire() leave numbers of rows as they are", () => {
  const scores = { 0: { firstDeparture: 1 }, 123456789012345: { firstDeparture: 2 } };
  assert.deepEqual(decodeWire(encodeWire({ scores })), { scores });
});
