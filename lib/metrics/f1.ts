import type { Metric } from "./metric.ts";

/**
 * Harmonic mean of precision and recall over words, as SQuAD counts it (Rajpurkar et al., 2016): lower case, without
 * punctuation and English articles. Two empty texts are equal.
 * @example ("the cat sat", "a cat ran") is 0.5
 */
export const f1: Metric = {
  kind: "text",
  needsTarget: true,
  description: "word overlap with the target, as SQuAD counts it",
  compute(completion, target) {
    const words = normalisedWords(completion), wanted = normalisedWords(target);
    if (words.length === 0 || wanted.length === 0) return words.length === wanted.length ? 1 : 0;
    const shared = countShared(words, wanted);
    return 2 * shared / (words.length + wanted.length);
  },
};

/** Subtle: `\b` knows ASCII letters alone, and would find an article at the end of "día". */
const ARTICLES = /(?<![\p{L}\p{N}_])(a|an|the)(?![\p{L}\p{N}_])/gu;

function normalisedWords(text: string): readonly string[] {
  const plain = text.toLowerCase().replace(/[!-/:-@[-\x60{-~]/g, "").replace(ARTICLES, " ");
  return plain.split(/\s+/).filter((word) => word !== "");
}

function countShared(words: readonly string[], wanted: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of wanted) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of words) {
    const remaining = left.get(word) ?? 0;
    if (remaining > 0) shared++;
    left.set(word, remaining - 1);
  }
  return shared;
}
