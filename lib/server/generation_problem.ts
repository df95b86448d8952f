import { ScoringUnavailableError } from "../components/run.ts";
import { thrownText } from "../lm/thrown.ts";
import { MemoryError } from "../generators/onnx/memory_error.ts";
import { UpstreamError } from "../generators/openai/upstream_error.ts";
import { UnfinishedError } from "../generators/run_check.ts";
import { BiasError, PathError, PromptTooLongError } from "../lm/decode.ts";
import { NoCandidateError } from "../lm/sample.ts";
import { CompletionError } from "../lm/score.ts";
import { ProblemError } from "./problem.ts";

/** What to tell the client when a generator throws: the request's fault where it is one, the generator's else. */
export function generationProblem(error: unknown, generator: string): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof PromptTooLongError) {
    return new ProblemError(422, "Prompt too long", error.message, { field: "prompt", cause: error });
  }
  if (error instanceof ScoringUnavailableError) {
    return new ProblemError(422, "Not available", error.message, { field: "generator", cause: error });
  }
  if (error instanceof CompletionError) {
    return new ProblemError(422, "Invalid request", error.message, { field: "completion", cause: error });
  }
  if (error instanceof PathError) {
    return new ProblemError(422, "Invalid request", error.message, { field: "path", cause: error });
  }
  if (error instanceof BiasError) {
    return new ProblemError(422, "Invalid request", error.message, { field: "params.logit_bias", cause: error });
  }
  if (error instanceof NoCandidateError) {
    const field = `params.${error.processor}`;
    return new ProblemError(422, "Invalid request", error.message, { field, cause: error });
  }
  if (error instanceof UpstreamError) {
    const { status, isTimeout, isOfText, isTooLong, retryAfterMs } = error;
    const retry = retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterMs / 1000)) };
    // Its message says all: a stack of ours would only tell where we asked.
    if (status === 429) return new ProblemError(503, "Server busy", error.message, { headers: retry });
    if (isOfText) {
      return new ProblemError(422, isTooLong ? "Prompt too long" : "Invalid request", error.message, {
        field: "prompt",
      });
    }
    return new ProblemError(isTimeout ? 504 : 502, "Server failed", error.message, { field: "generator" });
  }
  if (error instanceof MemoryError) {
    const way = "free some, or start the app with a smaller VISUALLM_KV_MB or VISUALLM_SLOTS";
    return new ProblemError(503, "Out of memory", `The generator "${generator}" failed: ${error.message}; ${way}`, {
      cause: error,
    });
  }
  if (error instanceof UnfinishedError) {
    const detail = `The generator "${generator}" was cut off: ${error.message}`;
    return new ProblemError(502, "Incomplete", detail, { cause: error });
  }
  const message = thrownText(error);
  // Subtle: our generators refuse a prompt by a RangeError of this form; the runtime's own are worded otherwise.
  if (error instanceof RangeError && message.startsWith("Cannot ")) {
    return new ProblemError(422, "Invalid request", message, { field: "prompt", cause: error });
  }
  return new ProblemError(500, "Generator failed", `The generator "${generator}" failed: ${message}`, { cause: error });
}

/** Nobody waits for the answer then, or the app is stopping: an ending, and no error of the generator. */
export function cancelled(what: string): ProblemError {
  return new ProblemError(503, "Not available", `Cannot ${what}: the work was cancelled`);
}
