/**
 * What the benchmark and a contestant say to each other: one request a line on standard input, one answer a line on
 * standard output. Each contestant is a process of its own that waits while another one is measured.
 */
import * as v from "valibot";

/** A prompt both ways; each contestant takes what it reads. */
export interface Prompt {
  readonly text: string;
  readonly ids: readonly number[];
}

export type Request =
  /** Answered with the time in ms. */
  | { readonly type: "load"; readonly path: string; readonly precision: "fp32" | "int8" }
  /** Token ids of a text. */
  | { readonly type: "tokenize"; readonly text: string }
  /** Ms from the start to each of `count` tokens. */
  | { readonly type: "generate"; readonly prompt: Prompt; readonly count: number }
  /** Ms of each step by hand: `tokens` are taken one after the other, and each time the ten most probable are asked for. */
  | { readonly type: "steps"; readonly prompt: Prompt; readonly tokens: readonly number[] }
  /** Logprob of every token of the vocabulary after the prompt, by id. */
  | { readonly type: "logprobs"; readonly prompt: Prompt }
  /** Ms of `count` tokens for each prompt: asked for all at once, or one prompt after the other. */
  | {
    readonly type: "clients";
    readonly prompts: readonly Prompt[];
    readonly count: number;
    readonly together: boolean;
  }
  /** Ms of `n` completions of one prompt: in one request, or in `n` requests one after the other. */
  | {
    readonly type: "samples";
    readonly prompt: Prompt;
    readonly n: number;
    readonly count: number;
    readonly together: boolean;
  }
  /** Longest time in ms that the thread which serves pages did not get to run: while idle, and during a prefill. */
  | { readonly type: "stall"; readonly length: number };

const answerSchema = v.union([v.object({ values: v.array(v.number()) }), v.object({ error: v.string() })]);

/** @throws {Error} with what the contestant says went wrong */
export function readAnswer(line: string): readonly number[] {
  const answer = v.parse(answerSchema, JSON.parse(line));
  if ("error" in answer) throw new Error(answer.error);
  return answer.values;
}
