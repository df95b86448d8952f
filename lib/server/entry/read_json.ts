import type { Context } from "fresh";
import * as v from "valibot";
import type { Clock } from "../../generators/clock.ts";
import type { State } from "../app_state.ts";
import { scanJson } from "./json_scan.ts";
import { bodyTooLarge, bodyTooSlow, checkContentType, LIMITS } from "./limits.ts";
import { ProblemError } from "../problem.ts";
import { shownName } from "../shown_name.ts";

/**
 * The body of a request, parsed and checked.
 * @throws {ProblemError} 415 not JSON by its type, 413 over a limit, 408 too slow, 400 malformed, 422 against the schema
 */
export async function readJson<Output>(
  { req, state }: Context<State>,
  schema: v.GenericSchema<unknown, Output>,
): Promise<Output> {
  checkContentType(req.headers.get("content-type"));
  const text = await readText(req, state.registry.traffic.clock);
  const { depth, keys, error } = scanJson(text);
  if (error !== undefined) {
    const { line, column, expected } = error;
    throw malformed(`expected ${expected} at line ${line}, column ${column}`);
  }
  if (depth > LIMITS.jsonDepth) throw tooMuch(`may be nested at most ${LIMITS.jsonDepth} deep, got ${depth}`);
  if (keys > LIMITS.jsonKeys) throw tooMuch(`may have at most ${LIMITS.jsonKeys} keys, got ${keys}`);
  const value: unknown = JSON.parse(text);
  refuseInherited(value);
  return checkValue(value, schema);
}

/**
 * Names that every object has already, `__proto__` among them, are no field of ours, and schemas do not see them.
 * Subtle: edits name fields of a row, which may be called so.
 */
function refuseInherited(value: unknown, areData = false): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key in Object.prototype && !areData) {
      throw new ProblemError(422, "Invalid request", `Cannot use ${key}: there is no such field`, { field: key });
    }
    refuseInherited(inner, key === "edits");
  }
}

/** A value checked against a schema. @throws {ProblemError} 422 naming the field, what was expected, and the value */
function checkValue<Output>(value: unknown, schema: v.GenericSchema<unknown, Output>): Output {
  // Subtle: to valibot a list is an object whose fields are all absent.
  if (Array.isArray(value)) {
    throw new ProblemError(422, "Invalid request", "Cannot use the body: expected an object, got a list");
  }
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const path = v.getDotPath(issue) ?? undefined, field = path && shownName(path);
  throw new ProblemError(
    422,
    "Invalid request",
    describeIssue(issue, path, schema),
    field === undefined ? {} : { field },
  );
}

async function readText({ body }: Request, clock: Clock): Promise<string> {
  if (body === null) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "", sizeBytes = 0, isLate = false;
  const stopTimer = clock.after(LIMITS.bodySeconds * 1000, () => {
    isLate = true;
    leave(reader);
  });
  try {
    for (let next = await nextPart(reader); next !== undefined; next = await nextPart(reader)) {
      sizeBytes += next.byteLength;
      if (sizeBytes > LIMITS.bodyBytes) throw bodyTooLarge();
      text += decoded(decoder, next);
    }
    if (isLate) throw bodyTooSlow();
    return text + decoded(decoder);
  } finally {
    stopTimer();
    leave(reader);
  }
}

async function nextPart(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return (await reader.read()).value;
  } catch {
    // Whoever sent it has left and hears nothing of this; the log has it as no failure of the app.
    throw new ProblemError(400, "Body cut off", "Cannot read the body: the connection ended before it did");
  }
}

/** The rest of a body that is large or slow is never read. */
function leave(reader: ReadableStreamDefaultReader<unknown>): void {
  reader.cancel().catch(() => {}); // A body that broke off cannot be left either.
}

/** @param chunk absent: the end, at which nothing may be missing */
function decoded(decoder: TextDecoder, chunk?: Uint8Array<ArrayBuffer>): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    throw malformed("it is not valid UTF-8");
  }
}

function describeIssue(issue: v.BaseIssue<unknown>, path: string | undefined, schema: unknown): string {
  if (path === undefined) return `Cannot use the body: expected an object, got ${show(issue.input)}`;
  const field = shownName(path);
  if (issue.type === "strict_object" && issue.expected === "never") {
    const known = fieldsAt(schema, path.split(".").slice(0, -1));
    return `Cannot use ${field}: there is no such field${known.length === 0 ? "" : `, only ${known.join(", ")}`}`;
  }
  if (issue.type === "strict_object") return `Cannot use ${field}: expected an object, got ${show(issue.input)}`;
  return `Cannot use ${field}: it ${issue.message}, got ${show(issue.input)}`;
}

/** The fields that a schema knows at a path; none where it is no object, or leads through a list. */
function fieldsAt(schema: unknown, path: readonly string[]): readonly string[] {
  const entries = entriesOf(schema);
  const [first, ...rest] = path;
  return first === undefined ? Object.keys(entries) : fieldsAt(entries[first], rest);
}

/** Subtle: what is optional wraps its schema, and a pipe holds several, of which one has the fields. */
function entriesOf(schema: unknown): Readonly<Record<string, unknown>> {
  if (typeof schema !== "object" || schema === null) return {};
  if ("entries" in schema) return { ...schema.entries as object };
  if ("wrapped" in schema) return entriesOf(schema.wrapped);
  const parts: readonly unknown[] = "pipe" in schema && Array.isArray(schema.pipe) ? schema.pipe : [];
  return Object.assign({}, ...parts.filter((part) => part !== schema).map(entriesOf));
}

function show(value: unknown): string {
  return shownName(JSON.stringify(value) ?? "nothing");
}

function malformed(why: string): ProblemError {
  return new ProblemError(400, "Malformed JSON", `Cannot read the body as JSON: ${why}`);
}

function tooMuch(why: string): ProblemError {
  return new ProblemError(413, "Request too large", `Cannot read the body: it ${why}`);
}
