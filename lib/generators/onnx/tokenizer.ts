/** Tokens with their exact bytes, from a tokenizer in hub layout. */
import type { Message } from "../../lm/message.ts";
import type { Token, TokenId } from "../../lm/token.ts";
import { CHAT_TEMPLATE_FILES } from "./chat_template.ts";

/** What is needed of a loaded transformers.js tokenizer. */
export interface TokenizerSource {
  readonly vocabulary: Iterable<readonly [name: string, id: TokenId]>;
  readonly specialIds: ReadonlySet<TokenId>;
  /** Tokens that were added to the vocabulary; in the byte-level alphabet their name is their text. */
  readonly addedIds: ReadonlySet<TokenId>;
  /** Which alphabet the vocabulary's strings are written in. */
  readonly alphabet: "byte-level" | "sentencepiece";
  /** Ids of a whole text; a special token that the text itself begins with is not put before it again. */
  encode(text: string): readonly TokenId[];
  /** Without the special tokens that stand before or after a whole text. */
  encodeContinuation(text: string): readonly TokenId[];
  /** Undefined without a chat template. */
  readonly renderChat?: ((messages: readonly Message[]) => string) | undefined;
}

/** Texts whose ids are remembered: a step by hand comes with the prompt of the last one. */
const REMEMBERED = 16;

/** What may stand before a text, so that the tokenizer puts its space before that; the first that stays a token of its own. */
const LEADS = ["\n", ".", "0"];

type Encode = (text: string) => readonly TokenId[];

/** Names of a vocabulary with the bytes that each stands for. */
export class Tokenizer {
  readonly encode: Encode;
  /** Ids of a text that goes on after others. */
  readonly encodeContinuation: Encode;
  readonly #names = new Map<TokenId, string>();
  /** Those that were asked for: most of a large vocabulary never is. */
  readonly #tokens = new Map<TokenId, Token>();

  constructor(readonly source: TokenizerSource) {
    this.encode = remembering((text) => source.encode(text));
    this.encodeContinuation = remembering((text) => this.#encodeContinuation(text));
    for (const [name, id] of source.vocabulary) this.#names.set(id, name);
  }

  /**
   * How many of its tokens a model must have that gives so many logits: all but those that were added beyond them, such as
   * one for an image, which a model of text neither reads nor gives.
   */
  sizeWithin(logits: number): number {
    const { addedIds } = this.source;
    return [...this.#names.keys()].filter((id) => id < logits || !addedIds.has(id)).length;
  }

  /** Subtle: exports pad the vocabulary, so the model has ids that no text ever gives. */
  token(id: TokenId): Token {
    const known = this.#tokens.get(id);
    if (known !== undefined) return known;
    const name = this.#names.get(id);
    const token = name === undefined
      ? { id, text: `⟨unused ${id}⟩`, bytes: [], special: true }
      : makeToken(id, name, this.source);
    this.#tokens.set(id, token);
    return token;
  }

  /**
   * Subtle: many SentencePiece tokenizers write a space before whatever they read, which nobody wrote here. Where the ids do
   * not give the text either way (a tokenizer that changes letters), they are those of the text alone.
   */
  #encodeContinuation(text: string): readonly TokenId[] {
    const { source } = this, alone = source.encodeContinuation(text);
    if (this.#writes(alone, text)) return alone;
    for (const lead of LEADS) {
      const before = source.encodeContinuation(lead), all = source.encodeContinuation(lead + text);
      const ids = all.slice(before.length);
      if (before.every((id, index) => id === all[index]) && this.#writes(ids, text)) return ids;
    }
    return alone;
  }

  /** Whether the tokens' bytes are those of the text, in which special tokens stand by their names. */
  #writes(ids: readonly TokenId[], text: string): boolean {
    const wanted = encoder.encode(text);
    let at = 0;
    for (const { special, text: name, bytes } of ids.map((id) => this.token(id))) {
      const written = special === true ? encoder.encode(name) : bytes;
      if (!written.every((byte, index) => byte === wanted[at + index])) return false;
      at += written.length;
    }
    return at === wanted.length;
  }

  get hasChatTemplate(): boolean {
    return this.source.renderChat !== undefined;
  }

  /** @throws {TypeError} when the tokenizer has no chat template */
  renderChat(messages: readonly Message[]): string {
    const { renderChat } = this.source;
    if (renderChat === undefined) {
      const files = CHAT_TEMPLATE_FILES.join(" nor ");
      throw new TypeError(`Cannot render a chat: tokenizer_config.json has no chat_template, and there is no ${files}`);
    }
    return renderChat(messages);
  }
}

function remembering(encode: Encode): Encode {
  const known = new Map<string, readonly TokenId[]>();
  return (text) => {
    const ids = known.get(text) ?? encode(text);
    known.delete(text);
    known.set(text, ids);
    const oldest = known.keys().next().value;
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
    return ids;
  };
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

function makeToken(id: TokenId, name: string, source: TokenizerSource): Token {
  if (source.specialIds.has(id)) return { id, text: name, bytes: [], special: true };
  // Subtle: SentencePiece's added tokens are runs of spaces too, written as all its spaces are.
  const isLiteral = source.addedIds.has(id) && source.alphabet === "byte-level";
  const bytes = isLiteral ? [...encoder.encode(name)] : tokenBytes(name, source.alphabet);
  return { id, text: decoder.decode(Uint8Array.from(bytes)), bytes };
}

/** @example tokenBytes("Ġcat", "byte-level") is the bytes of " cat"; "<0x0A>" in SentencePiece is [10] */
export function tokenBytes(name: string, alphabet: TokenizerSource["alphabet"]): readonly number[] {
  if (alphabet === "sentencepiece") {
    const byte = /^<0x([0-9A-F]{2})>$/.exec(name)?.[1];
    return byte === undefined ? [...encoder.encode(name.replaceAll("▁", " "))] : [Number.parseInt(byte, 16)];
  }
  return [...name].flatMap((character) => {
    const byte = BYTE_OF.get(character);
    return byte === undefined ? [...encoder.encode(character)] : [byte];
  });
}

/** GPT-2's alphabet: printable bytes stand for themselves, the other 68 for U+0100 onwards in their order. */
const BYTE_OF: ReadonlyMap<string, number> = byteAlphabet();

function byteAlphabet(): ReadonlyMap<string, number> {
  const isPrintable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || (byte >= 0xAE && byte <= 0xFF);
  let shifted = 0;
  return new Map(Array.from({ length: 256 }, (_, byte): [string, number] => {
    const code = isPrintable(byte) ? byte : 0x100 + shifted++;
    return [String.fromCharCode(code), byte];
  }));
}
