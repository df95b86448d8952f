/** A server of OpenAI's API that answers with the key that it was sent, in every place where an answer has room for it. */
import { serveLoopback } from "./loopback.ts";

/** By the first part of the path. The last three answer well until a stream is asked for. */
export const LEAKS = [
  "refused",
  "forbidden",
  "starred",
  "encoded",
  "missing",
  "invalid",
  "named",
  "coded",
  "busy",
  "broken",
  "text",
  "page",
  "elsewhere",
  "header",
  "midway",
  "event",
  "garbage",
] as const;
type Leak = typeof LEAKS[number];

export function startLeakyServer() {
  return serveLoopback(async (request) => {
    const [, leak = ""] = new URL(request.url).pathname.split("/");
    const key = (request.headers.get("authorization") ?? "").replace("Bearer ", "");
    return answer(leak as Leak, key, await request.json()); // Another name gets the last answer of all.
  });
}

function refusal(status: number, message: string, more: object = {}): Response {
  return Response.json({ error: { message, type: "error", ...more } }, { status, headers: { "retry-after-ms": "1" } });
}

function answer(leak: Leak, key: string, body: { readonly stream?: boolean }): Response {
  switch (leak) {
    case "refused":
      return refusal(401, `Incorrect API key provided: ${key}.`);
    case "forbidden":
      return refusal(403, `Bearer ${key} may not do that; authorization: Bearer ${key}`);
    case "starred":
      return refusal(401, `Incorrect API key provided: ${key.slice(0, 12)}****${key.slice(-4)}.`);
    case "encoded":
      return refusal(400, `Bad query ?key=${encodeURIComponent(key)} or ${btoa(key)} or ${JSON.stringify(key)}`);
    case "missing":
      return refusal(404, `No model for\n${key}`);
    case "invalid":
      return refusal(422, `${"x".repeat(290)}${key}`);
    case "named":
      return refusal(400, `Unsupported parameter: '${key}'`, { param: key });
    case "coded":
      return refusal(400, "Unsupported", { code: key, type: key });
    case "busy":
      return refusal(429, `Rate limit of ${key}`);
    case "broken":
      return refusal(500, `Traceback: headers={'authorization': 'Bearer ${key}'}`);
    case "text":
      return new Response(`nginx: ${key}`, { status: 502, headers: { "retry-after-ms": "1" } });
    case "page":
      return new Response(`<h1>${key}</h1>`, { headers: { "content-type": "text/html" } });
    case "elsewhere":
      return new Response(null, { status: 307, headers: { location: `http://127.0.0.1:1/?key=${key}` } });
    case "header":
      return new Response("{}", {
        status: 400,
        headers: { "content-type": "application/json", "x-request-id": key, "www-authenticate": key },
      });
    default:
      return body.stream === true ? stream(leak, key) : Response.json({
        choices: [{ index: 0, message: { role: "assistant", content: "4" }, finish_reason: "length" }],
      });
  }
}

function stream(leak: Leak, key: string): Response {
  const first = { choices: [{ index: 0, delta: { content: "a" } }] };
  const next = leak === "midway"
    ? `data: ${JSON.stringify({ error: { message: `worker of ${key} died`, code: key, param: key } })}\n\n`
    : leak === "event"
    ? `event: error\ndata: ${JSON.stringify({ message: key, error: { message: key } })}\n\n`
    : `data: {"choices": [${key}\n\n`;
  return new Response(`data: ${JSON.stringify(first)}\n\n${next}`, {
    headers: { "content-type": "text/event-stream" },
  });
}
