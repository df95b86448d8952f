import { decode } from "../lm/decode.ts";
import type { LanguageModel } from "../lm/model.ts";
import { NextTokens } from "../lm/next.ts";
import { score } from "../lm/score.ts";
import type { Generator, GeneratorFacts } from "./generator.ts";

/** Everything a generator can do, derived from a language model, in this thread. */
export function fromModel(model: LanguageModel, facts: GeneratorFacts): Generator {
  const steps = new NextTokens(model);
  return {
    facts: { vocabularySize: model.vocabularySize, contextWindow: model.contextWindow, ...facts },
    tokenize: (prompt) => Promise.resolve(model.encode(prompt).map((id) => model.token(id))),
    generate: ({ prompt, params, ...options }) => decode(model, prompt, params, options),
    next: (request, signal) => steps.at(request, signal),
    score({ prompt, completion, top, signal }) {
      const encode = (text: string) => model.encodeContinuation?.(text) ?? model.encode(text);
      const ids = typeof completion === "string" ? encode(completion) : completion;
      return score(model, typeof prompt === "string" ? model.encode(prompt) : prompt, ids, { top, signal });
    },
    close: () => Promise.resolve(),
  };
}
