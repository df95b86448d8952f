/** The browser's side of the API: the one place where the page fetches. */
import { EventSourceParserStream } from "eventsource-parser/stream";
import type { Problem } from "../lm/event.ts";

/** An answer that is a problem, or no answer at all. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

interface StreamRequest {
  readonly method: "GET" | "POST";
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

/** Streams server-sent events. Ends early, without an error, when the signal aborts. @throws {ApiError} */
export async function* streamEvents<Event>(
  url: string,
  { method, body, signal }: StreamRequest,
  decode: (data: string) => Event,
): AsyncGenerator<Event, void, void> {
  try {
    const response = await send(url, { method, body, signal });
    if (response.body === null) return;
    const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    const reader = events.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield decode(next.value.data);
  } catch (error) {
    if (!signal.aborted) throw asApiError(error);
  }
}

/** A small request and its answer's text. @throws {ApiError} */
export async function call(url: string, method: Sent["method"], body?: unknown, signal?: AbortSignal): Promise<string> {
  try {
    return await (await send(url, { method, body, signal })).text();
  } catch (error) {
    throw asApiError(error);
  }
}

interface Sent {
  readonly method: "GET" | "POST" | "DELETE";
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

async function send(url: string, { method, body, signal }: Sent): Promise<Response> {
  const content = body === undefined
    ? {}
    : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(url, { method, ...content, ...(signal === undefined ? {} : { signal }) });
  if (response.ok) return response;
  throw new ApiError(await readProblem(response));
}

async function readProblem(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    const value: unknown = JSON.parse(text);
    if (isProblem(value)) return value;
  } catch {
    // Not JSON: a proxy's page, say. The status is all there is to tell.
  }
  return problem(response.status, `The server answered with status ${response.status}.`);
}

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "detail" in value && typeof value.detail === "string";
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(problem(0, "The server cannot be reached. It may have been stopped; try again once it runs."));
}

function problem(status: number, detail: string): Problem {
  return { type: "about:blank", title: "No answer", status, detail, id: "" };
}
