/** What a request may be at most: the one table, and the checks that need no body. */
import { PARAM_RANGES, STOP_LIMIT } from "../../lm/params.ts";
import { PATH_LIMIT, PROMPT_BYTES, TOP_LIMIT, TURN_LIMIT } from "../../lm/wire.ts";
import { ProblemError } from "../problem.ts";

export const LIMITS = {
  bodyBytes: 1_048_576,
  /** From the headers to the last byte of the body. */
  bodySeconds: 30,
  jsonDepth: 32,
  jsonKeys: 1_000,
  urlCharacters: 16_384,
  headerCharacters: 16_384,
  /** Of what a model is to receive, and of each text that goes into it. */
  promptBytes: PROMPT_BYTES,
  /** Messages of a conversation. */
  turns: TURN_LIMIT,
  pathTokens: PATH_LIMIT,
  maxTokens: PARAM_RANGES.maxTokens.max,
  n: PARAM_RANGES.n.max,
  stopTexts: STOP_LIMIT.count,
  stopCharacters: STOP_LIMIT.characters,
  /** Candidates that a token comes with. */
  top: TOP_LIMIT,
  /** Rows in one answer of `GET samples`. */
  sampleRows: 100,
  /** Of developers' pages that are open at once; the one unused for longest goes. */
  sessions: 500,
  sessionIdleMinutes: 30,
  /** What the elements of one such page may hold. */
  sessionBytes: 8_388_608,
} as const;

/** Characters of a refused type that the answer repeats. */
const SHOWN_TYPE_CHARACTERS = 64;

/** @throws {ProblemError} 414, 431 or 413 naming the limit, before anything of the request is used */
export function checkRequestLimits(request: Request): void {
  const { bodyBytes, headerCharacters, urlCharacters } = LIMITS;
  if (request.url.length > urlCharacters) {
    throw new ProblemError(414, "Address too long", tooLarge("the address", urlCharacters, "characters"));
  }
  let characters = 0;
  for (const [name, value] of request.headers) characters += name.length + value.length;
  if (characters > headerCharacters) {
    throw new ProblemError(431, "Headers too large", tooLarge("the headers", headerCharacters, "characters"));
  }
  if (Number(request.headers.get("content-length") ?? 0) > bodyBytes) throw bodyTooLarge();
}

/** @throws {ProblemError} 415 for what is not JSON by its type */
export function checkContentType(type: string | null): void {
  if (type !== null && /^application\/json\s*(;|$)/i.test(type)) return;
  const got = type === null ? "none" : `"${type.slice(0, SHOWN_TYPE_CHARACTERS)}"`;
  throw new ProblemError(415, "Not JSON", `Cannot read the body: expected content-type application/json, got ${got}`);
}

export function bodyTooLarge(): ProblemError {
  return new ProblemError(413, "Request too large", tooLarge("the body", LIMITS.bodyBytes, "bytes"));
}

/** Subtle: what is still to come of the body is not waited for, so that the connection can serve nothing further. */
export function bodyTooSlow(): ProblemError {
  const detail = `Cannot read the request: the body did not end within ${LIMITS.bodySeconds} s`;
  return new ProblemError(408, "Body too slow", detail, { headers: { connection: "close" } });
}

function tooLarge(what: string, limit: number, unit: string): string {
  return `Cannot read the request: ${what} may have at most ${limit} ${unit}`;
}
