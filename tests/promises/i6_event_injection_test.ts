/** I6: No text of a token can end, begin or change an event of a stream. */
import assert from "node:assert/strict";
import { createParser } from "eventsource-parser";
import { decodeWire, encodeWire } from "../../lib/lm/wire_text.ts";
import { eventStream } from "../../lib/server/event_stream.ts";
import { hostileStrings } from "../rig/hostile_strings.ts";
import { measured } from "../rig/measured.ts";

const BREAKS = ["\n", "\r", "\r\ndata:", "\n\nevent: done\ndata: {}\n\n", "\u2028", "\0", "\nid: 7\nretry: 1\n"];

Deno.test("I6: 1,000 texts go through encoding and an independent parser unchanged, one event each", async () => {
  const texts = hostileStrings(1_000).map((text, index) => text.slice(0, 400) + BREAKS[index % BREAKS.length]);
  async function* events() {
    for (const text of texts) yield { type: "step", text };
    yield { type: "done" };
  }
  const response = await eventStream(events(), {
    controller: new AbortController(),
    encode: encodeWire,
    onError: (error) => assert.fail(String(error)),
  });
  const seen: { event: string | undefined; id: string | undefined; text: unknown }[] = [];
  const parser = createParser({
    onEvent: ({ event, id, data }) => seen.push({ event, id, text: (decodeWire(data) as { text?: string }).text }),
    onRetry: () => assert.fail("a text set the time to try again"),
    onError: assert.fail,
  });
  parser.feed(await response.text());
  const expected = [...texts.map((text) => ({ event: "step", id: undefined, text })), { event: "done", id: undefined }];
  assert.deepEqual(seen, expected.map((each) => ({ text: undefined, ...each })));
  measured("I6", `${texts.length} texts, ${seen.length} events, 0 forged`);
});
