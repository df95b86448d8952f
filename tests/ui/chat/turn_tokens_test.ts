import assert from "node:assert/strict";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import { EMPTY_CHAT, type Turn } from "../../../lib/ui/chat/chat_state.ts";
import { stepsOfTurn, type TurnFinder } from "../../../lib/ui/chat/turn_tokens.ts";
import { serveLoopback } from "../../rig/loopback.ts";
import { until } from "../../rig/until.ts";

Deno.test("stepsOfTurn() ends its request when the signal aborts", async () => {
  const asked = Promise.withResolvers<AbortSignal>();
  const server = serveLoopback((request) => {
    asked.resolve(request.signal);
    return new Response(new ReadableStream({}), { headers: { "content-type": "text/event-stream" } });
  });
  const finder: TurnFinder = {
    api: server.origin,
    chat: () => EMPTY_CHAT,
    params: () => DEFAULT_PARAMS,
    bodyFor: () => ({}),
  };
  const origin = { params: DEFAULT_PARAMS, prefill: "", batch: 1, sequence: 0, ids: [1, 2] };
  const turn: Turn = {
    id: 1,
    key: "k",
    parent: 0,
    role: "assistant",
    text: "ab",
    isAccepted: true,
    isEdited: false,
    conversation: 0,
    steps: [],
    origin,
  };
  const controller = new AbortController();
  const found = stepsOfTurn(finder, turn, controller.signal);
  const { aborted: isGone } = await asked.promise;
  assert.equal(isGone, false);
  controller.abort();
  assert.deepEqual(await found, { steps: [] });
  const request = await asked.promise;
  await until("the server sees that nobody waits", () => request.aborted);
  await server.close();
});
