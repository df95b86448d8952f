import assert from "node:assert/strict";
import { sentencesEnd } from "../../lib/ui/Announcer.tsx";

Deno.test("sentencesEnd() is after the last whole sentence or line, in any script, and 0 before there is one", () => {
  const whole = (text: string) => text.slice(0, sentencesEnd(text));
  assert.equal(whole("A cat sat on"), "");
  assert.equal(whole("A cat sat. The dog"), "A cat sat.");
  // The stop may be the start of "3.14" or of an ellipsis, so it counts once something stands after it.
  assert.equal(whole("It is 3."), "");
  assert.equal(whole("Really?! Yes… no"), "Really?! Yes…");
  assert.equal(whole("one\ntwo"), "one\n");
  assert.equal(whole("猫。犬"), "猫。");
  assert.equal(whole(""), "");
});
