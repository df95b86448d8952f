/** One step of sampling, beside a decode step of the model it must not slow down. */
import { DEFAULT_PARAMS, type SamplingParams } from "../lib/lm/params.ts";
import { gumbel } from "../lib/lm/noise.ts";
import { Sampler } from "../lib/lm/sample.ts";

const PARAMS: Readonly<Record<string, Partial<SamplingParams>>> = {
  plain: {},
  "temperature 0": { temperature: 0 },
  "top_p 0.9": { topP: 0.9, temperature: 0.8 },
  "top_k 50, min_p 0.02": { topK: 50, minP: 0.02 },
};

for (const size of [2048, 50_257]) {
  const sampler = new Sampler(size);
  const logits = Float32Array.from({ length: size }, (_, id) => 2 * gumbel(1, 0, 0, id));
  for (const [name, params] of Object.entries(PARAMS)) {
    let position = 0;
    Deno.bench({
      name: `step, ${name}`,
      group: `vocabulary of ${size}`,
      fn() {
        sampler.step(logits, { ...DEFAULT_PARAMS, ...params }, {
          sequence: 0,
          position: position++,
          seen: { prompt: new Set(), completion: new Map() },
          top: 10,
          token: (id) => ({ id, text: "", bytes: [] }),
        });
      },
    });
  }
}
