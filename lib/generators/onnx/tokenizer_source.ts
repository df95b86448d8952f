/** What a loaded transformers.js tokenizer gives, and how long its patterns and its template may take. */
import type { Message } from "../../lm/message.ts";
import type { TokenId } from "../../lm/token.ts";
import { withinTime } from "./time_limit.ts";
import type { TokenizerSource } from "./tokenizer.ts";
import { thrownText } from "../../lm/thrown.ts";

type Library = typeof import("@huggingface/transformers");
type PretrainedTokenizer = Awaited<ReturnType<Library["AutoTokenizer"]["from_pretrained"]>>;

const TOKENIZE = "tokenize the text";
/** Most that a chat template may make: four times a request's body. */
const RENDERED_CHARACTERS = 2 ** 22;
const RANGE_LENGTH = 100_000;
/** Without the special tokens that stand before or after a whole text. */
const BARE = { add_special_tokens: false };

export function tokenizerSource(loaded: PretrainedTokenizer): TokenizerSource {
  const { added_tokens: added = [], decoder } = loaded._tokenizerJSON;
  const isAdded = (token: unknown): token is { id: number; special: boolean; content: string } =>
    typeof token === "object" && token !== null && "id" in token && "content" in token;
  const tokens = (Array.isArray(added) ? added : []).filter(isAdded);
  const special = new Map(tokens.filter(({ special }) => special).map(({ id, content }) => [id, content]));
  return {
    vocabulary: new Map([...loaded.get_vocab(), ...tokens.map(({ content, id }) => [content, id] as const)]),
    addedIds: new Set(tokens.map(({ id }) => id)),
    specialIds: new Set(special.keys()),
    alphabet: JSON.stringify(decoder ?? null).includes('"ByteLevel"') ? "byte-level" : "sentencepiece",
    encode: (text) => withinTime(TOKENIZE, text.length, () => encodeWhole(loaded, text, special)),
    encodeContinuation: (text) => withinTime(TOKENIZE, text.length, () => loaded.encode(text, BARE)),
    renderChat: loaded.chat_template === null || loaded.chat_template === undefined
      ? undefined
      : (messages) => renderChat(loaded, messages),
  };
}

/**
 * Subtle: chat templates write the special token that the tokenizer puts before a whole text. It stands there once: a text
 * that begins with it is complete.
 */
function encodeWhole(
  loaded: PretrainedTokenizer,
  text: string,
  special: ReadonlyMap<TokenId, string>,
): readonly TokenId[] {
  const ids = loaded.encode(text), first = special.get(ids[0] ?? NaN);
  return first !== undefined && text.startsWith(first) ? loaded.encode(text, BARE) : ids;
}

/** @throws {RangeError} when the template refuses the messages, does not end, or makes more than any prompt may be */
function renderChat(loaded: PretrainedTokenizer, messages: readonly Message[]): string {
  const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
  const options = { tokenize: false, add_generation_prompt: true, ...shortRanges(loaded.chat_template) };
  const text = withoutFault(() =>
    withinTime("render the chat", characters, () => loaded.apply_chat_template([...messages], options))
  );
  if (typeof text !== "string") throw new TypeError("Cannot render the chat: the template gave no text");
  if (text.length <= RENDERED_CHARACTERS) return text;
  const limit = `its template made ${text.length} characters of it, and a prompt may have ${RENDERED_CHARACTERS}`;
  throw new RangeError(`Cannot render the chat: ${limit}`);
}

/** Whatever a template throws is its answer to these messages: it has no system prompt, or wants roles to alternate. */
function withoutFault<Result>(render: () => Result): Result {
  try {
    return render();
  } catch (error) {
    const reason = thrownText(error);
    if (error instanceof RangeError && reason.startsWith("Cannot render the chat: ")) throw error;
    throw new RangeError(`Cannot render the chat: ${reason}`, { cause: error });
  }
}

/** Subtle: the library makes a range as a list, and a long one would take the memory before its time is over. */
function shortRanges(templates: unknown): object {
  const template = typeof templates === "object" && templates !== null && "default" in templates
    ? templates.default
    : templates;
  if (typeof template !== "string" || !/\brange\b/.test(template)) return {};
  // Subtle: the end of a line that follows a block is left out, and a template may begin with one of its own.
  return { chat_template: `{% set range = short_range %}\n${template}`, short_range: shortRange };
}

function shortRange(start: number, stop?: number, step = 1): readonly number[] {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  const length = Math.max(0, Math.ceil((to - from) / step));
  if (length <= RANGE_LENGTH) return Array.from({ length }, (_, index) => from + index * step);
  throw new RangeError(`Cannot render the chat: its template counts to ${length}, and may to ${RANGE_LENGTH}`);
}
