import type { LanguageModel } from "../lm/model.ts";
import type { Token, TokenId } from "../lm/token.ts";
import { fromModel } from "./from_model.ts";
import type { GeneratorSource } from "./generator.ts";

export interface TableOptions {
  /** Each entry's text, or its bytes when it is part of a character. */
  readonly vocabulary: readonly (string | readonly number[])[];
  /** Logits of the token after these tokens: one for each entry of the vocabulary, in its order. */
  readonly logits: (prefix: readonly Token[]) => readonly number[];
  /** Entry that ends a completion; it stands for no text. */
  readonly end?: string;
  readonly contextWindow?: number;
}

/** Of a text that cannot be encoded, in its message. */
const SHOWN_BYTES = 40;
const DEFAULT_WINDOW = 1024;

/**
 * A generator whose every logit is written down: for tests, docs and worked examples.
 * A prompt is cut into the longest entries that match.
 * @example logitTable({ vocabulary: ["a", "b"], logits: () => [Math.log(3), 0] }) writes "a" three times out of four
 */
export function logitTable(options: TableOptions): GeneratorSource {
  return {
    kind: "table",
    label: `${options.vocabulary.length} tokens`,
    open: () => Promise.resolve(fromModel(tableModel(options), { device: "cpu", precision: "exact" })),
  };
}

/** The language model of a table. */
export function tableModel({ vocabulary, logits, end, contextWindow = DEFAULT_WINDOW }: TableOptions): LanguageModel {
  const encoder = new TextEncoder();
  const tokens = vocabulary.map((entry, id): Token => {
    if (entry === end) return { id, text: end, bytes: [], special: true };
    const bytes = typeof entry === "string" ? [...encoder.encode(entry)] : entry;
    return { id, text: new TextDecoder().decode(Uint8Array.from(bytes)), bytes };
  });
  const token = (id: TokenId): Token => {
    const found = tokens[id];
    if (found === undefined) {
      throw new RangeError(`Cannot name token id ${id}: the vocabulary ends at ${tokens.length - 1}`);
    }
    return found;
  };
  return {
    vocabularySize: tokens.length,
    contextWindow,
    endIds: new Set(tokens.filter(({ special }) => special === true).map(({ id }) => id)),
    token,
    encode: (text) => longestMatches(encoder.encode(text), tokens),
    logits(prefix) {
      const row = logits(prefix.map(token));
      if (row.length !== tokens.length) {
        throw new RangeError(`Cannot use ${row.length} logits: expected one for each of ${tokens.length} tokens`);
      }
      return Float32Array.from(row);
    },
  };
}

function longestMatches(bytes: Uint8Array, tokens: readonly Token[]): readonly TokenId[] {
  const ids: TokenId[] = [];
  for (let place = 0; place < bytes.length;) {
    let best: Token | undefined;
    for (const candidate of tokens) {
      if (candidate.bytes.length > (best?.bytes.length ?? 0) && startsAt(bytes, place, candidate.bytes)) {
        best = candidate;
      }
    }
    if (best === undefined) {
      const text = new TextDecoder().decode(bytes);
      const rest = JSON.stringify(new TextDecoder().decode(bytes.slice(place, place + SHOWN_BYTES)));
      throw new RangeError(
        `Cannot encode ${
          JSON.stringify(text.slice(0, SHOWN_BYTES))
        }: no token of the table begins ${rest}, at byte ${place}`,
      );
    }
    ids.push(best.id);
    place += best.bytes.length;
  }
  return ids;
}

function startsAt(bytes: Uint8Array, place: number, wanted: readonly number[]): boolean {
  return wanted.every((byte, index) => bytes[place + index] === byte);
}
