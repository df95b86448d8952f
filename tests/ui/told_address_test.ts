/** How often the address is changed while a slider is moved. */
import assert from "node:assert/strict";
import { dropAddress, flushAddress, tellAddress } from "../../lib/ui/told_address.ts";

Deno.test("tellAddress() tells the first changes at once, and the last when the page is left or another entry is made", () => {
  const told: string[] = [];
  const history = { state: null, replaceState: (_state: unknown, _title: string, href: string) => told.push(href) };
  Object.defineProperty(globalThis, "history", { value: history, configurable: true });
  for (let move = 0; move < 300; move++) tellAddress(`?move=${move}`);
  // Browsers that take fewest take 100 in 30 s; these all came within a few.
  assert.ok(told.length < 50, `${told.length} changes`);
  assert.equal(told[0], "?move=0");
  dispatchEvent(new Event("pagehide"));
  assert.equal(told.at(-1), "?move=299");
  tellAddress("?move=300");
  flushAddress();
  assert.equal(told.at(-1), "?move=300");
  tellAddress("?of-another-entry");
  dropAddress();
  flushAddress();
  assert.equal(told.at(-1), "?move=300");
});
