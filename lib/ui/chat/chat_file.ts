/**
 * A chat as it is stored in the browser and exported: everything but steps, which can be had again from their ids. Those that
 * a server told cannot, and are kept.
 */
import * as v from "valibot";
import { dictionary } from "../../lm/dictionary.ts";
import type { FinishReason } from "../../lm/event.ts";
import { DEFAULT_PARAMS } from "../../lm/params.ts";
import type { Token } from "../../lm/token.ts";
import { paramsFromWire, paramsSchema } from "../../lm/wire.ts";
import { isSame } from "./chat_settings.ts";
import type { Chat, Origin, Settings, Turn } from "./chat_state.ts";
import { fingerprint } from "../fingerprint.ts";
import { readSteps, toldTurns } from "./told_turns.ts";
import { paramsToWire } from "../address/generation_screen.ts";
import { exportedJson, isRecord, metricsSchema, wholeSchema } from "../exported_json.ts";
import { readTokens } from "../token_table.ts";

const VERSION = 1;
/** Most characters that the names of what servers told take, a turn. */
const TOLD_NAMES = 20;

/** @param most characters of the text: what servers told is left out, of the oldest turns first, where it would have more */
export function exportChat({ turns, leaf, conversation }: Chat, most = Infinity): string {
  // A system prompt may be long and is that of many turns, so that each one stands in the file once.
  const settings: Settings[] = [];
  const kept = turns.map(({ steps: _, promptIds: __, askedUnder: ___, origin, ...turn }) => ({
    ...turn,
    ...(origin === undefined ? {} : { origin: originToFile(origin, settings) }),
  }));
  const file = { format: "visuallm-chat", version: VERSION, leaf, conversation, settings, turns: kept };
  const text = JSON.stringify(file);
  const { tokens, steps } = toldTurns(turns, most - text.length - TOLD_NAMES * turns.length);
  if (steps.size === 0) return text;
  return JSON.stringify({ ...file, tokens, turns: kept.map((turn) => ({ ...turn, told: steps.get(turn.id) })) });
}

/** @param table all settings so far, to which its own are added; it names them by their place there */
function originToFile({ params, prefill, batch, sequence, settings, ids }: Origin, table: Settings[]) {
  return {
    params: paramsToWire(params),
    prefill,
    batch,
    sequence,
    settings: settings && placeIn(table, settings),
    ids,
  };
}

function placeIn(table: Settings[], settings: Settings): number {
  const known = table.findIndex((each) => isSame(each, settings));
  return known < 0 ? table.push(settings) - 1 : known;
}

const keySchema = v.pipe(v.string(), v.minLength(1), v.maxLength(100));

const settingsSchema = v.object({
  system: v.string(),
  controls: dictionary(v.unknown()),
  generator: v.string(),
});

const originSchema = v.object({
  params: paramsSchema,
  settings: v.optional(wholeSchema),
  prefill: v.string(),
  batch: wholeSchema,
  sequence: wholeSchema,
  ids: v.optional(v.array(wholeSchema)),
});

/** @throws {SyntaxError} saying what is wrong with the text */
export function importChat(text: string): Chat {
  const value: unknown = exportedJson(text, "Cannot import the chat");
  if (
    !isRecord(value) || value.format !== "visuallm-chat" || value.version !== VERSION || !Array.isArray(value.turns)
  ) {
    throw new SyntaxError('Cannot import the chat: expected format "visuallm-chat", version 1, and a list of turns');
  }
  const keys = new Set<string>();
  const settings = Array.isArray(value.settings) ? value.settings.map(readSettings) : [];
  // Where they cannot be read, the turns stand without their steps.
  const tokens = readTokens(value.tokens);
  const turns = value.turns.map((turn, index) => readTurn(turn, index, { keys, settings, tokens }));
  const { leaf } = value;
  const conversation = v.safeParse(wholeSchema, value.conversation);
  return {
    turns,
    // One that is none of the turns says where somebody was, and takes nothing of what was said along with it.
    leaf: typeof leaf === "number" ? turns[leaf]?.id : undefined,
    conversation: conversation.success ? conversation.output : 0,
  };
}

interface FileSoFar {
  /** Keys of the turns before, to which each turn's own is added. */
  readonly keys: Set<string>;
  readonly settings: readonly (Settings | undefined)[];
  /** Those that what servers told names by their place. */
  readonly tokens: readonly Token[];
}

function readTurn(value: unknown, index: number, { keys, settings, tokens }: FileSoFar): Turn {
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
  const origin = readOrigin(value.origin, settings);
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
    steps: readSteps(value.told, tokens, origin?.sequence ?? 0),
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
function readOrigin(value: unknown, table: FileSoFar["settings"]): Origin | undefined {
  const parsed = v.safeParse(originSchema, value);
  if (!parsed.success) return undefined;
  const { params, prefill, batch, sequence, ids, settings: place } = parsed.output;
  const settings = place === undefined ? undefined : table[place];
  return {
    params: paramsFromWire(params, DEFAULT_PARAMS),
    prefill,
    batch,
    sequence,
    ...(settings === undefined ? {} : { settings }),
    ...(ids === undefined ? {} : { ids }),
  };
}

/** Undefined for what cannot be used. */
function readSettings(value: unknown): Settings | undefined {
  const parsed = v.safeParse(settingsSchema, value);
  return parsed.success ? parsed.output : undefined;
}
