import assert from "node:assert/strict";
import { thrownFrames, thrownName } from "../../lib/lm/thrown.ts";

Deno.test("thrownName() is the kind of an error, and no text", () => {
  const named = (name: unknown) => Object.assign(new Error("m"), { name });
  const kinds = [new RangeError("m"), new DOMException("m", "AbortError"), named("a secret"), named(""), named(7)];
  assert.deepEqual(kinds.map(thrownName), ["RangeError", "AbortError", "Error", "Error", "7"]);
  assert.deepEqual(["a secret", undefined, null, {}].map(thrownName), ["string", "undefined", "object", "object"]);
  assert.equal(thrownName(new Proxy(new Error("m"), { get: () => assert.fail() })), "Error");
});

Deno.test("thrownFrames() leaves out the message, also one that looks like places", () => {
  function here(message: string): Error {
    return new Error(message);
  }
  for (
    const message of [
      "",
      "one",
      "one\ntwo",
      "one\n    at secret (file:///secret.ts:1:1)",
      "Error: Error",
      "    at secret:1:1",
    ]
  ) {
    const [first, ...rest] = thrownFrames(here(message));
    assert.match(first ?? "", /^ {4}at here \(file:\/\/.*thrown_test\.ts:\d+:\d+\)$/, message);
    assert.ok(rest.every((line) => line.startsWith("    at ") && !line.includes("secret")), message);
  }
  assert.deepEqual(["a\n    at b (file:///c.ts:1:1)", undefined].map(thrownFrames), [[], []]);
});
