/** Small talk in character: the reply must fit the traits and the turns so far. */
import { chat, defineModule, f1, field, generation, jsonl, nextToken, onnx, perplexity, prompt } from "visuallm";

interface Sample {
  readonly personality: readonly string[];
  /** Turns so far; the first is the other speaker's, then they alternate. */
  readonly history: readonly string[];
  readonly candidates: readonly string[];
  readonly reply: string;
}

const ROLES = ["user", "assistant"] as const;

export default defineModule({
  name: "persona_chat",
  title: "Persona chat",
  generators: { demo: onnx("models/demo") },
  tasks: {
    persona_chat: {
      dataset: {
        test: jsonl<Sample>("data/test.jsonl"),
        validation: jsonl<Sample>("data/validation.jsonl"),
        train: jsonl<Sample>("data/train.jsonl"),
      },
      prompt({ personality, history }) {
        const traits = prompt`<|system|>${field("personality", personality.join("\n"))}<|end|>`;
        const turns = history.map((turn, index) => {
          const role = ROLES[index % 2] ?? "user";
          return prompt`<|${role}|>${field(role, turn)}<|end|>`;
        });
        const dialogue = turns.reduce((text, turn) => prompt`${text}${turn}`, traits);
        return prompt`${dialogue}<|assistant|>`;
      },
      target: ({ reply }) => reply,
      metrics: { F1: f1, ppl: perplexity },
    },
  },
  components: [
    chat({
      system: "i have a red car .\ni love to eat pizza .\ni play the guitar .",
      starters: ["hello !", "do you have any pets ?"],
    }),
    generation(),
    nextToken(),
  ],
});
