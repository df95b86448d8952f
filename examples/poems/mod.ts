/** A module in one screen: rows of one's own, a prompt with marked fields, a metric written here. */
import { defineModule, field, generation, type Metric, onnx, perplexity, prompt, rows } from "visuallm";

const poems = rows([
  { about: "snow", opening: "Snow falls soft, the night is long," },
  { about: "the sea", opening: "The sea is wide, the wind is strong," },
  { about: "a fox", opening: "A fox ran past the old stone wall," },
]);

/** Share of different words among all words. */
const distinct: Metric = {
  kind: "text",
  description: "different words among all words",
  compute(completion) {
    const words = completion.toLowerCase().match(/\p{L}+/gu) ?? [];
    return words.length === 0 ? undefined : new Set(words).size / words.length;
  },
};

export default defineModule({
  name: "poems",
  title: "Poems",
  generators: { demo: onnx("models/demo") },
  tasks: {
    poems: {
      dataset: { all: poems },
      prompt: ({ about, opening }) =>
        prompt`### Instruction:\nWrite a poem about ${field("about", about)}.\n\n### Response:\n${
          field("opening", opening)
        }`,
      metrics: { distinct, ppl: perplexity },
      params: { temperature: 0.8, maxTokens: 40, n: 3 },
    },
  },
  components: [generation()],
});
