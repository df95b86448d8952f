/** Gateways say so of a server that was too slow for them, and may write and bill on; the last two are Cloudflare's. */
export const GATEWAY_TIMEOUTS: readonly number[] = [504, 522, 524];

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
  /** True when the server was too slow, for us or for a gateway before it. */
  readonly isTimeout: boolean;
  /** True when the connection failed or was lost, so that the server said nothing of a fault. */
  readonly isConnection: boolean;
  /** True when the text that was sent is at fault, so that another one may be answered. */
  readonly isOfText: boolean;

  constructor(message: string, facts: UpstreamFacts = {}) {
    super(message);
    this.status = facts.status;
    this.code = facts.code;
    this.param = facts.param;
    this.retryAfterMs = facts.retryAfterMs;
    this.isTimeout = facts.isTimeout ?? GATEWAY_TIMEOUTS.includes(facts.status ?? 0);
    this.isConnection = facts.isConnection ?? false;
    this.isOfText = facts.isOfText ?? this.isTooLong;
  }

  /** True when the server's context window has no room for what was asked. */
  get isTooLong(): boolean {
    if (this.code === "context_length_exceeded") return true;
    return [400, 413, 422].includes(this.status ?? 0) && /context (?:length|window|size)/i.test(this.message);
  }
}

interface UpstreamFacts {
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly param?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly isTimeout?: boolean;
  readonly isConnection?: boolean;
  readonly isOfText?: boolean;
}

const MESSAGE_LIMIT = 300;
/** Of a server's text that is looked at; the rest is never shown. */
const READ_LIMIT = 10_000;
/** So many characters of a key in their order are a part of it, and no chance. */
const KEY_PART = 8;

/**
 * A server's text as a page may show it: the key and its parts, in whatever form, and whatever looks like a key, left out;
 * one line, not too long.
 * Subtle: servers quote the key that they refuse, often with stars in its middle.
 */
export function redact(text: string, key: string | undefined): string {
  const read = text.slice(0, READ_LIMIT);
  const without = key === undefined ? read : withoutKey(read, key);
  // deno-lint-ignore no-control-regex
  const line = without.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ")
    .replace(/\b(?:sk|pk|key|hf|gsk)[-_][\w*.…-]{4,}/gi, "[key]")
    .replace(/\bBearer\s+\S+/gi, "Bearer [key]").trim();
  return line.length > MESSAGE_LIMIT ? `${line.slice(0, MESSAGE_LIMIT)}…` : line;
}

function withoutKey(text: string, key: string): string {
  const length = Math.min(KEY_PART, key.length);
  const forms = [key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1)];
  const parts = new Set(forms.flatMap((form) => partsOf(form, length)));
  return withoutParts(text, parts, length)
    .replace(/[\w+/-]{8,}={0,2}/g, (run) => decoded(run).includes(key) ? "[key]" : run);
}

/** @example partsOf("abcd", 3) is ["abc", "bcd"] */
function partsOf(text: string, length: number): readonly string[] {
  return Array.from({ length: text.length - length + 1 }, (_, at) => text.slice(at, at + length));
}

/** Leaves out each part, and as one what overlaps or touches. */
function withoutParts(text: string, parts: ReadonlySet<string>, length: number): string {
  let kept = "", keptTo = 0, isBegun = false;
  for (let at = 0; at + length <= text.length; at++) {
    if (!parts.has(text.slice(at, at + length))) continue;
    if (!isBegun || at > keptTo) kept += `${text.slice(keptTo, at)}[key]`;
    isBegun = true;
    keptTo = at + length;
  }
  return kept + text.slice(keptTo);
}

/** What base64 stands for; "" for what is none. */
function decoded(run: string): string {
  try {
    const bytes = Uint8Array.from(atob(run.replaceAll("-", "+").replaceAll("_", "/")), (byte) => byte.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return ""; // No base64, so nothing is hidden in it.
  }
}
