import assert from "node:assert/strict";
import { createParser } from "eventsource-parser";
import type { Problem, RunEvent } from "../../lib/lm/event.ts";
import { decodeWire } from "../../lib/lm/wire_text.ts";

/** The events of an SSE answer, each checked to be framed under its own type. */
export async function readEvents(response: Response): Promise<readonly RunEvent[]> {
  assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  const events: RunEvent[] = [];
  const parser = createParser({
    onEvent({ event, data }) {
      const parsed = decodeWire(data) as RunEvent;
      assert.equal(event, parsed.type);
      events.push(parsed);
    },
    onError: assert.fail,
  });
  parser.feed(await response.text());
  return events;
}

/** The problem of an answer, checked to be in its shape. */
export async function readProblem(response: Response): Promise<Problem> {
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  const problem = await response.json();
  assert.equal(problem.status, response.status);
  for (const key of ["type", "title", "detail", "id"]) assert.equal(typeof problem[key], "string", key);
  assert.doesNotMatch(problem.detail, /\bat \S+:\d+:\d+/, "no stack in a detail");
  return problem;
}
