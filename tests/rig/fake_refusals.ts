/** What the fake server of OpenAI's API refuses, as each kind of server does, and what else comes in place of an answer. */

/** Tokens that "reasoning" spends before its answer begins. */
const THOUGHT = 16;

/** A request of the fake server. */
export interface Asked {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly count: number;
  readonly authorization: string;
}

/** How the behaviour of that name answers; undefined where it shows in the answer itself. */
export function misbehave(
  behaviour: string,
  { path, body, count, authorization }: Asked,
): Response | Promise<Response> | undefined {
  switch (behaviour) {
    case "reasoning":
      return refuseReasoning(body);
    case "no_seed":
      return "seed" in body ? refusal(422, "extra fields not permitted: seed") : undefined;
    case "five":
      return Number(body.top_logprobs ?? body.logprobs ?? 0) > 5
        ? refusal(400, "top_logprobs must be at most 5, logprobs too", { param: "top_logprobs" })
        : undefined;
    case "llama_server":
      return refuseLikeLlama(body, "Only one completion choice is allowed", 1);
    case "slots":
      return refuseLikeLlama(body, "n_cmpl cannot be greater than the number of slots", 2);
    case "vllm":
      return refuseLikeVllm(body);
    case "tgi":
      return refuseLikeTgi(body);
    case "chat_only":
      return path === "/completions" ? refusal(404, "Not found") : undefined;
    case "key":
      return refusal(401, `Incorrect API key provided: ${authorization.replace("Bearer ", "")}.`, {
        code: "invalid_api_key",
      });
    case "context":
      return refusal(400, "This model's maximum context length is 16 tokens; reduce max_tokens.", {
        code: "context_length_exceeded",
        param: "max_tokens",
      });
    case "unknown_model":
      return refusal(404, "The model does not exist", { code: "model_not_found" });
    case "busy":
      return count === 1
        ? refusal(429, "Rate limit reached", { code: "rate_limit_exceeded" }, { "retry-after-ms": "20" })
        : undefined;
    case "always_busy":
      return refusal(429, "Rate limit reached", { code: "rate_limit_exceeded" }, { "retry-after": "0.01" });
    case "busy_minute":
      return refusal(429, "Rate limit reached", { code: "rate_limit_exceeded" }, { "retry-after": "60" });
    case "busy_long":
      return refusal(429, "Rate limit reached", { code: "rate_limit_exceeded" }, { "retry-after": "3600" });
    case "quota":
      return refusal(429, "You exceeded your current quota", { code: "insufficient_quota" }, { "retry-after": "0" });
    case "broken":
      return refusal(500, "boom", {}, { "retry-after-ms": "5" });
    case "broken_once":
      return count === 2 ? refusal(500, "boom", {}, { "retry-after-ms": "5" }) : undefined;
    case "broken_awhile":
      // All tries of the second question, and of the first one asked again.
      return count > 1 && count < 8 ? refusal(500, "boom", {}, { "retry-after-ms": "5" }) : undefined;
    case "broken_echo":
      return body.echo === true ? refusal(500, "boom", {}, { "retry-after-ms": "5" }) : undefined;
    case "html_502":
      return new Response("<h1>Bad gateway</h1>", {
        status: 502,
        headers: { "content-type": "text/html", "retry-after-ms": "5" },
      });
    case "error_200":
      return behind(`No credits for ${authorization.replace("Bearer ", "")}`);
    case "error_200_later":
      return body.stream === true ? behind("No credits any more") : undefined;
    case "error_200_words":
      return Response.json({ error: "Unexpected endpoint" });
    case "no_completion":
      return Response.json({ hello: "world" });
    case "html":
      return new Response("<!doctype html><h1>Welcome</h1>", { headers: { "content-type": "text/html" } });
    case "unasked_stream":
      return new Response('data: {"choices":[]}\n\ndata: [DONE]\n\n', {
        headers: { "content-type": "text/event-stream" },
      });
    case "redirect":
      return Response.redirect("http://127.0.0.1:1/steal", 307);
    case "hang":
      return new Promise<Response>(() => {});
    default:
      return undefined;
  }
}

/** As a gateway tells of a fault behind it: with a status of its own in an answer of status 200. */
function behind(message: string): Response {
  return Response.json({ error: { message, code: 402, metadata: { provider_name: "other" } }, user_id: "user" });
}

/** As OpenAI's models that think before they answer: few params, and no answer where the thoughts take all tokens. */
function refuseReasoning(body: Asked["body"]): Response | undefined {
  const refused = (param: string, message: string) => param in body ? refusal(400, message, { param }) : undefined;
  const instead = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
  const unfinished =
    "Could not finish the message because max_tokens or model output limit was reached. Please try again with higher max_tokens.";
  return refused("top_p", "Unsupported parameter: 'top_p' is not supported with this model.") ??
    (body.temperature === 1
      ? undefined
      : refused("temperature", "Unsupported value: 'temperature' supports only the default (1) with this model.")) ??
    ("logprobs" in body ? refusal(403, "You are not allowed to request logprobs from this model") : undefined) ??
    refused("max_tokens", instead) ??
    (Number(body.max_completion_tokens) < THOUGHT ? refusal(400, unfinished) : undefined);
}

/** As llama.cpp's server, which takes what it does not do for a fault of its own. */
function refuseLikeLlama(body: Asked["body"], oneChoice: string, mostN: number): Response | undefined {
  const refused = (message: string) => refusal(500, message, { type: "server_error" }, { "retry-after-ms": "5" });
  if (body.echo === true) return refused("Only no echo is supported");
  return Number(body.n ?? 1) > mostN ? refused(oneChoice) : undefined;
}

function refuseLikeVllm(body: Asked["body"]): Response | undefined {
  const count = Number(body.top_logprobs ?? 0);
  if (count > 5) {
    return refusal(400, `Requested sample logprobs of ${count}, which is greater than max allowed: 5`);
  }
  return body.temperature === 0 && Number(body.n ?? 1) > 1
    ? refusal(400, `n must be 1 when using greedy sampling, got ${body.n}.`)
    : undefined;
}

/** As Text Generation Inference, whose faults are texts. */
function refuseLikeTgi(body: Asked["body"]): Response | undefined {
  const refused = (message: string) =>
    Response.json({ error: `Input validation error: ${message}`, error_type: "validation" }, { status: 422 });
  if (Number(body.top_logprobs ?? 0) > 5) return refused("`top_n_tokens` must be >= 0 and <= 5");
  const isInside = body.top_p === undefined || (Number(body.top_p) > 0 && Number(body.top_p) < 1);
  return isInside ? undefined : refused("`top_p` must be > 0.0 and < 1.0");
}

function refusal(
  status: number,
  message: string,
  error: Record<string, string> = {},
  headers: Record<string, string> = {},
) {
  return Response.json({ error: { message, type: "invalid_request_error", ...error } }, { status, headers });
}
