import assert from "node:assert/strict";
import { Outbox } from "../../../lib/generators/onnx/outbox.ts";

Deno.test("messages of one moment go as one, in their order, and later ones by themselves", async () => {
  const sent: (readonly number[])[] = [];
  const outbox = new Outbox<number>((messages) => sent.push(messages));
  const answers = [1, 2, 3].map(async (message) => {
    // As runs of one pass are: each a promise away from the same event.
    await Promise.resolve();
    outbox.put(message);
  });
  assert.deepEqual(sent, [], "nothing is sent while others may still have something to say");
  await Promise.all(answers);
  outbox.put(4);
  await Promise.resolve();
  assert.deepEqual(sent, [[1, 2, 3], [4]]);
});
