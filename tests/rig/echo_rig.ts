/** A model of all 256 bytes that writes its prompt's text again, and tells which prompts it received. */
import type { GeneratorSource } from "../../lib/generators/generator.ts";
import { fromModel } from "../../lib/generators/from_model.ts";
import type { LanguageModel } from "../../lib/lm/model.ts";
import type { Token } from "../../lib/lm/token.ts";

const END = 256;
const WINDOW = 2 ** 21;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

const TOKENS: readonly Token[] = Array.from(
  { length: END + 1 },
  (_, id): Token =>
    id === END
      ? { id, text: "<end>", bytes: [], special: true }
      : { id, text: decoder.decode(Uint8Array.of(id)), bytes: [id] },
);

/** The bytes of each prompt that the model received, newest last. */
export const received: Uint8Array[] = [];

/** @param whole the bytes of the prompt; what follows them is the completion so far */
function echoModel(whole: readonly number[] = []): LanguageModel {
  return {
    vocabularySize: TOKENS.length,
    contextWindow: WINDOW,
    endIds: new Set([END]),
    encode: (text) => [...encoder.encode(text)],
    token(id) {
      const token = TOKENS[id];
      if (token === undefined) throw new RangeError(`Cannot name token id ${id}: there are 257`);
      return token;
    },
    logits(prefix) {
      const logits = new Float32Array(TOKENS.length);
      logits[whole[prefix.length - whole.length] ?? END] = 20;
      return logits;
    },
  };
}

/** With a chat template that puts a line before each turn. */
export const echoGenerator: GeneratorSource = {
  kind: "table",
  label: "echo",
  open() {
    const facts = { device: "cpu", precision: "exact" };
    return Promise.resolve({
      ...fromModel(echoModel(), facts),
      generate(request) {
        received.push(encoder.encode(request.prompt));
        return fromModel(echoModel([...encoder.encode(request.prompt)]), facts).generate(request);
      },
      renderChat: (messages) => Promise.resolve(messages.map(({ role, content }) => `${role}\n${content}`).join("\n")),
    });
  },
};
