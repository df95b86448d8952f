/** Instructions with an optional input, answered by the embedded model. */
import {
  datasetView,
  defineModule,
  exactMatch,
  f1,
  field,
  generation,
  jsonl,
  nextToken,
  onnx,
  perplexity,
  prompt,
} from "visuallm";

interface Sample {
  readonly instruction: string;
  readonly input: string;
  readonly output: string;
}

export default defineModule({
  name: "alpaca",
  title: "Alpaca",
  generators: { demo: onnx("models/demo") },
  tasks: {
    alpaca: {
      dataset: {
        test: jsonl<Sample>("data/test.jsonl"),
        validation: jsonl<Sample>("data/validation.jsonl"),
        train: jsonl<Sample>("data/train.jsonl"),
      },
      prompt({ instruction, input }) {
        const request = prompt`### Instruction:\n${field("instruction", instruction)}\n\n`;
        const context = input === "" ? "" : prompt`### Input:\n${field("input", input)}\n\n`;
        return prompt`${request}${context}### Response:\n`;
      },
      target: ({ output }) => output,
      metrics: { F1: f1, EM: exactMatch, ppl: perplexity },
    },
  },
  components: [generation(), datasetView(), nextToken()],
});
