import assert from "node:assert/strict";
import type { RunEvent } from "../../../lib/lm/event.ts";
import { firstTokenMs, type Pace, paced, tokensPerSecond } from "../../../lib/ui/chat/pace.ts";

function steps(count: number, kind: "gumbel" | "forced"): readonly RunEvent[] {
  const draw = kind === "forced" ? { kind } : { kind, seed: 0, finalLogprob: 0 };
  const token = { id: 1, text: "a", bytes: [97] };
  return Array.from(
    { length: count },
    (_, position) => ({ type: "step", sequence: 0, position, token, top: [], processors: [], draw }) as RunEvent,
  );
}

Deno.test("paced() counts what was drawn, from the first frame that had some", () => {
  let pace: Pace = { startedMs: 1000, tokens: 0, firstTokens: 0 };
  pace = paced(pace, steps(5, "forced"), 1010);
  assert.equal(firstTokenMs(pace), undefined);
  pace = paced(pace, steps(1, "gumbel"), 1040);
  assert.equal(firstTokenMs(pace), 40);
  assert.equal(tokensPerSecond(pace), undefined);
  pace = paced(pace, steps(10, "gumbel"), 1540);
  // Ten tokens in half a second after the first one.
  assert.equal(tokensPerSecond(pace), 20);
});

Deno.test("tokensPerSecond() counts no token of the first frame, which may bring many at once", () => {
  let pace = paced({ startedMs: 0, tokens: 0, firstTokens: 0 }, steps(30, "gumbel"), 100);
  assert.equal(tokensPerSecond(pace), undefined);
  pace = paced(pace, steps(10, "gumbel"), 600);
  // Ten tokens in half a second.
  assert.equal(tokensPerSecond(pace), 20);
});
