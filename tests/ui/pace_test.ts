import assert from "node:assert/strict";
import { tableModel } from "../../lib/generators/table.ts";
import { decode } from "../../lib/lm/decode.ts";
import type { RunEvent } from "../../lib/lm/event.ts";
import { DEFAULT_PARAMS } from "../../lib/lm/params.ts";
import { firstTokenMs, paced, paceFrom, paceText, tokensPerSecond } from "../../lib/ui/pace.ts";

/** Steps of one completion, at so many places from one on. */
function steps(count: number, from = 0): readonly RunEvent[] {
  const token = { id: 1, text: "a", bytes: [97] };
  return Array.from({ length: count }, (_, index) => ({
    type: "step",
    sequence: 0,
    position: from + index,
    token,
    top: [],
    processors: [],
    draw: { kind: "greedy" },
  }));
}

Deno.test("paced() counts what was drawn, from the first frame that had some", () => {
  let pace = paceFrom(1000, 5);
  pace = paced(pace, steps(5), 1010);
  assert.equal(firstTokenMs(pace), undefined);
  pace = paced(pace, steps(1, 5), 1040);
  assert.equal(firstTokenMs(pace), 40);
  assert.equal(tokensPerSecond(pace), undefined);
  pace = paced(pace, steps(10, 6), 1540);
  // Ten tokens in half a second after the first one.
  assert.equal(tokensPerSecond(pace), 20);
  assert.equal(paceText(pace), "20 tok/s · first token 40 ms");
});

Deno.test("paced() counts no token of a path, also where the dice would have drawn it anyway", async () => {
  const model = tableModel({ vocabulary: ["a", "b", "c"], logits: () => [1, 1, 1] });
  const params = { ...DEFAULT_PARAMS, seed: 3, maxTokens: 8 };
  const path: number[] = [];
  for await (const event of decode(model, "a", params, { top: 1 })) {
    if (event.type === "step" && event.position < 6) path.push(event.token.id);
  }
  const again = await Array.fromAsync(decode(model, "a", params, { top: 1, path }));
  const told = again.filter((event) => event.type === "step");
  assert.ok(told.every(({ draw }) => draw.kind === "gumbel"), "as in the run itself");
  const pace = paced(paceFrom(0, path.length), told.slice(0, 6), 15);
  assert.equal(firstTokenMs(pace), undefined);
  assert.equal(firstTokenMs(paced(pace, told.slice(6), 50)), 50);
});

Deno.test("tokensPerSecond() counts no token of the first frame, which may bring many at once", () => {
  let pace = paced(paceFrom(0), steps(30), 100);
  assert.equal(tokensPerSecond(pace), undefined);
  pace = paced(pace, steps(10, 30), 600);
  // Ten tokens in half a second.
  assert.equal(tokensPerSecond(pace), 20);
});

Deno.test("paceText() says nothing before a token has come", () => {
  assert.equal(paceText(undefined), "");
  assert.equal(paceText(paceFrom(0)), "");
});

Deno.test("paceText() tells a slow stream from one that stands", () => {
  const speedOf = (ms: number) => paceText(paced(paced(paceFrom(0), steps(1), 0), steps(1, 1), ms)).split(" · ")[0];
  assert.deepEqual([2_500, 120, 50].map(speedOf), ["0.4 tok/s", "8.3 tok/s", "20 tok/s"]);
});
