/** How often the address is changed while a slider is moved or steps are taken, and what a browser that refuses leads to. */
import assert from "node:assert/strict";
import { dropAddress, flushAddress, pushAddress, tellAddress } from "../../lib/ui/told_address.ts";

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

Deno.test("pushAddress() counts as a change, and where the browser refuses it the address is told later", () => {
  const pushed: string[] = [], told: string[] = [];
  let isOpen = true;
  const change = (list: string[]) => (_state: unknown, _title: string, href: string) => {
    if (!isOpen) throw new DOMException("Attempt to use history.pushState() more than 100 times", "SecurityError");
    list.push(href);
  };
  const history = { state: null, pushState: change(pushed), replaceState: change(told) };
  Object.defineProperty(globalThis, "history", { value: history, configurable: true });
  for (let step = 0; step < 90; step++) pushAddress(`?step=${step}`);
  assert.equal(pushed.length, 90);
  tellAddress("?slider");
  assert.deepEqual(told, [], "it waits, as the steps have used up what a browser takes");

  isOpen = false;
  pushAddress("?refused=1");
  pushAddress("?refused=2");
  flushAddress();
  assert.deepEqual([pushed.length, told], [90, []]);
  isOpen = true;
  dispatchEvent(new Event("pagehide"));
  assert.deepEqual([pushed.length, told], [90, ["?refused=2"]]);
  pushAddress("?step=90");
  assert.equal(pushed.at(-1), "?step=90");
  dropAddress();
});
