import assert from "node:assert/strict";
import { within } from "../../../lib/server/admission/within.ts";

Deno.test("within() gives what comes in time, throws what fails in time, and leaves what is late to itself", async () => {
  assert.equal(await within(60_000, Promise.resolve(5)), 5);
  await assert.rejects(within(60_000, Promise.reject(new RangeError("no"))), RangeError);
  const late = Promise.withResolvers<number>();
  assert.equal(await within(1, late.promise), undefined);
  late.resolve(7);
  assert.equal(await late.promise, 7);
});
