/** What a server, or the way to it, did wrong. Its message is meant for the page: short, one line, without any key. */
export class UpstreamError extends Error {
  override readonly name = "UpstreamError";
  /** The server's own status; absent when it gave no answer. */
  readonly status: number | undefined;
  /** OpenAI's word for the fault, such as `context_length_exceeded`. */
  readonly code: string | undefined;
  /** The parameter at fault, where the server names it. */
  readonly param: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** True when the server was too slow. */
  readonly isTimeout: boolean;

  constructor(message: string, facts: UpstreamFacts = {}) {
    super(message);
    this.status = facts.status;
    this.code = facts.code;
    this.param = facts.param;
    this.retryAfterMs = facts.retryAfterMs;
    this.isTimeout = facts.isTimeout ?? false;
  }
}

interface UpstreamFacts {
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly param?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly isTimeout?: boolean;
}

const MESSAGE_LIMIT = 300;

/**
 * A server's text as a page may show it: the key, and whatever looks like one, left out; one line, not too long.
 * Subtle: servers quote the key that they refuse, often with stars in its middle.
 */
export function redact(text: string, key: string | undefined): string {
  const without = key === undefined ? text : text.replaceAll(key, "[key]").replaceAll(encodeURIComponent(key), "[key]");
  // deno-lint-ignore no-control-regex
  const line = without.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ")
    .replace(/\b(?:sk|pk|key|hf|gsk)[-_][\w*.…-]{4,}/gi, "[key]")
    .replace(/\bBearer\s+\S+/gi, "Bearer [key]").trim();
  return line.length > MESSAGE_LIMIT ? `${line.slice(0, MESSAGE_LIMIT)}…` : line;
}
