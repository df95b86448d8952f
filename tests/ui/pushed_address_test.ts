/** Steps that are taken count among the changes of the address, which in a file of its own begin at none. */
import assert from "node:assert/strict";
import { dropAddress, flushAddress, pushAddress, tellAddress } from "../../lib/ui/told_address.ts";

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
