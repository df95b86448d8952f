import type { Step } from "../../lm/event.ts";
import { CHAT_STRINGS as TEXT } from "./chat_strings.ts";
import { probability } from "../number_format.ts";

/** Most bars; a longer answer has several tokens a bar, of which the least probable one counts. */
const MOST_BARS = 40;
const BAR = 3;
const HEIGHT = 14;

/** How probable each token of an answer was, as bars in a line of text; the least probable one in words. */
export function ConfidenceLine({ steps }: { readonly steps: readonly Step[] }) {
  const logprobs = steps.flatMap(({ logprob }) => logprob === undefined ? [] : [logprob]);
  if (logprobs.length < 2) return null;
  const size = Math.ceil(logprobs.length / MOST_BARS);
  const bars = Array.from(
    { length: Math.ceil(logprobs.length / size) },
    (_, index) => Math.exp(Math.min(...logprobs.slice(index * size, (index + 1) * size))),
  );
  const lowest = Math.min(...logprobs);
  // Subtle: among all tokens, as those of which no server tells a logprob count in the answer too.
  const name = TEXT.confidence(probability(lowest), steps.findIndex(({ logprob }) => logprob === lowest) + 1);
  return (
    <svg role="img" aria-label={name} width={bars.length * BAR} height={HEIGHT} class="self-center">
      <title>{name}</title>
      <rect y={HEIGHT - 1} width={bars.length * BAR} height="1" class="fill-line" />
      {bars.map((p, index) => (
        <rect
          key={index}
          x={index * BAR}
          y={HEIGHT - 1 - Math.max(1, p * (HEIGHT - 2))}
          width={BAR - 1}
          height={Math.max(1, p * (HEIGHT - 2))}
          class="fill-accent"
        />
      ))}
    </svg>
  );
}
