import assert from "node:assert/strict";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import { exportChat, importChat } from "../../../lib/ui/chat/chat_file.ts";
import type { Chat, Origin, Settings, Turn } from "../../../lib/ui/chat/chat_state.ts";
import { stepsOfTurn, type TurnFinder } from "../../../lib/ui/chat/turn_tokens.ts";
import { serveLoopback } from "../../rig/loopback.ts";
import { until } from "../../rig/until.ts";

const OWN: Settings = { system: "be brief", controls: { trait: "kind" }, generator: "A" };
const ON_SCREEN: Settings = { system: "", controls: { trait: "none" }, generator: "B" };

const TOKENS = [{ id: 1, text: "a", bytes: [97] }, { id: 2, text: "b", bytes: [98] }];

/** A message and the answer "ab" to it, as a reload of the page leaves them. */
function kept(origin: Partial<Origin>): Chat {
  const turn = { isAccepted: true, isEdited: false, conversation: 0, steps: [] };
  const user: Turn = { ...turn, id: 0, key: "u", parent: undefined, role: "user", text: "hi" };
  const answer: Turn = {
    ...turn,
    id: 1,
    key: "a",
    parent: 0,
    role: "assistant",
    text: "ab",
    origin: { params: DEFAULT_PARAMS, prefill: "", batch: 1, sequence: 0, ids: [1, 2], ...origin },
  };
  return importChat(exportChat({ turns: [user, answer], leaf: 1, conversation: 0 }));
}

function finderFor(api: string, chat: Chat): TurnFinder {
  return { api, chat: () => chat, params: () => DEFAULT_PARAMS, settings: () => ON_SCREEN };
}

/** A server that answers with steps of these tokens, or with the prompt "hi"; and what it was asked for, the latest last. */
function serveSteps(tokens = TOKENS) {
  const asked: Record<string, unknown>[] = [];
  const server = serveLoopback(async (request) => {
    asked.push(await request.json());
    if (request.url.endsWith("/chat_prompt")) {
      return Response.json({ prompt: { text: "hi", fields: [] }, tokens: [{ id: 3, text: "hi", bytes: [104, 105] }] });
    }
    const steps = tokens.map((token, position) => ({
      type: "step",
      sequence: 0,
      position,
      token,
      top: [],
      processors: [],
      draw: { kind: "forced" },
    }));
    const body = steps.map((step) => `data: ${JSON.stringify(step)}\n\n`).join("");
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
  return { ...server, asked, latest: () => asked.at(-1) ?? {} };
}

const never = new AbortController().signal;

Deno.test("stepsOfTurn() asks what the answer came by, whatever stands on screen after a reload", async () => {
  const server = serveSteps();
  const chat = kept({ settings: OWN });
  const found = await stepsOfTurn(finderFor(server.origin, chat), chat.turns[1]!, never);
  const { system, controls, generator, path } = server.latest();
  assert.deepEqual({ system, controls, generator }, OWN);
  assert.deepEqual(path, [1, 2]);
  assert.equal(found?.steps.length, 2);
  assert.equal(found?.askedUnder, undefined);
  // The message is shown as it stood before that answer.
  const said = await stepsOfTurn(finderFor(server.origin, chat), chat.turns[0]!, never);
  assert.deepEqual(said?.steps.map(({ token }) => token.id), [3]);
  assert.equal(server.latest().system, "be brief");
  await server.close();
});

Deno.test("stepsOfTurn() says what it asked under where nobody kept what the answer came by", async () => {
  const server = serveSteps();
  const chat = kept({});
  const found = await stepsOfTurn(finderFor(server.origin, chat), chat.turns[1]!, never);
  assert.equal(server.latest().generator, "B");
  assert.deepEqual(found?.askedUnder, ON_SCREEN);
  await server.close();
});

Deno.test("stepsOfTurn() gives no numbers of tokens that say something else than the turn", async () => {
  const server = serveSteps([TOKENS[1]!, TOKENS[0]!]);
  const chat = kept({});
  assert.equal(await stepsOfTurn(finderFor(server.origin, chat), chat.turns[1]!, never), undefined);
  await server.close();
});

Deno.test("stepsOfTurn() ends its request when the signal aborts", async () => {
  const asked = Promise.withResolvers<AbortSignal>();
  const server = serveLoopback((request) => {
    asked.resolve(request.signal);
    return new Response(new ReadableStream({}), { headers: { "content-type": "text/event-stream" } });
  });
  const chat = kept({ settings: OWN });
  const controller = new AbortController();
  const found = stepsOfTurn(finderFor(server.origin, chat), chat.turns[1]!, controller.signal);
  const { aborted: isGone } = await asked.promise;
  assert.equal(isGone, false);
  controller.abort();
  assert.deepEqual(await found, { steps: [] });
  const request = await asked.promise;
  await until("the server sees that nobody waits", () => request.aborted);
  await server.close();
});
