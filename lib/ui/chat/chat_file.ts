/** A chat as it is stored in the browser and exported: everything but steps, which can be had again from their ids. */
import * as v from "valibot";
import type { FinishReason } from "../../lm/event.ts";
import { DEFAULT_PARAMS } from "../../lm/params.ts";
import { paramsFromWire, paramsSchema } from "../../lm/wire.ts";
import type { Chat, Origin, Turn } from "./chat_state.ts";
import { fingerprint } from "../fingerprint.ts";
import { paramsToWire } from "../address/generation_screen.ts";
import { exportedJson } from "../exported_json.ts";

const VERSION = 1;

export function exportChat({ turns, leaf, conversation }: Chat): string {
  const kept = turns.map(({ steps: _, promptIds: __, origin, ...turn }) => ({
    ...turn,
    ...(origin === undefined ? {} : { origin: { ...origin, params: paramsToWire(origin.params) } }),
  }));
  return JSON.stringify({ format: "visuallm-chat", version: VERSION, leaf, conversation, turns: kept });
}

const wholeSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const keySchema = v.pipe(v.string(), v.minLength(1), v.maxLength(100));

const originSchema = v.object({
  params: paramsSchema,
  prefill: v.string(),
  batch: wholeSchema,
  sequence: wholeSchema,
  ids: v.optional(v.array(wholeSchema)),
});

const metricsSchema = v.record(v.string(), v.optional(v.number()));

/** @throws {SyntaxError} saying what is wrong with the text */
export function importChat(text: string): Chat {
  const value: unknown = exportedJson(text, "Cannot import the chat");
  if (
    !isRecord(value) || value.format !== "visuallm-chat" || value.version !== VERSION || !Array.isArray(value.turns)
  ) {
    throw new SyntaxError('Cannot import the chat: expected format "visuallm-chat", version 1, and a list of turns');
  }
  const keys = new Set<string>();
  const turns = value.turns.map((turn, index) => readTurn(turn, index, keys));
  const { leaf } = value;
  const isLeaf = leaf === undefined || (typeof leaf === "number" && turns[leaf] !== undefined);
  if (!isLeaf) throw new SyntaxError(`Cannot import the chat: its leaf ${JSON.stringify(leaf)} is none of its turns`);
  const conversation = v.safeParse(wholeSchema, value.conversation);
  return {
    turns,
    leaf: typeof leaf === "number" ? leaf : undefined,
    conversation: conversation.success ? conversation.output : 0,
  };
}

/** @param keys those of the turns before it, to which its own is added */
function readTurn(value: unknown, index: number, keys: Set<string>): Turn {
  const where = `turn ${index}`;
  if (!isRecord(value)) throw new SyntaxError(`Cannot import the chat: ${where} is no object`);
  const { id, parent, role, text, isAccepted, isEdited, reason } = value;
  const hasPlace = id === index && (parent === undefined || (typeof parent === "number" && parent < index));
  if (!hasPlace || (role !== "user" && role !== "assistant") || typeof text !== "string") {
    throw new SyntaxError(
      `Cannot import the chat: ${where} needs its number as id, an earlier parent, a role and a text`,
    );
  }
  const conversation = v.safeParse(wholeSchema, value.conversation);
  const metrics = v.safeParse(metricsSchema, value.metrics);
  const origin = readOrigin(value.origin);
  // Subtle: files of before turns had keys get the same ones each time, so that two tabs that read one know its turns.
  const key = readKey(value.key, keys) ?? fingerprint(`${index} ${String(parent)} ${role} ${text}`);
  keys.add(key);
  return {
    id: index,
    key,
    parent: typeof parent === "number" ? parent : undefined,
    role,
    text,
    isAccepted: isAccepted === true,
    isEdited: isEdited === true,
    conversation: conversation.success ? conversation.output : 0,
    steps: [],
    ...(origin === undefined ? {} : { origin }),
    ...(metrics.success ? { metrics: metrics.output } : {}),
    ...(typeof reason === "string" ? { reason: reason as FinishReason } : {}), // Shown as it is.
  };
}

/** Undefined for none, and for one that another turn has. */
function readKey(value: unknown, keys: ReadonlySet<string>): string | undefined {
  const parsed = v.safeParse(keySchema, value);
  return parsed.success && !keys.has(parsed.output) ? parsed.output : undefined;
}

/** Undefined for one that is not there or cannot be used: the turn's text stands without it. */
function readOrigin(value: unknown): Origin | undefined {
  const parsed = v.safeParse(originSchema, value);
  if (!parsed.success) return undefined;
  const { params, prefill, batch, sequence, ids } = parsed.output;
  const read = { params: paramsFromWire(params, DEFAULT_PARAMS), prefill, batch, sequence };
  return ids === undefined ? read : { ...read, ids };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
