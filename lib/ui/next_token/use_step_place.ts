/** Where somebody stands on the next-token screen, and the list of candidates that is shown there. */
import { batch, type Signal, useSignal } from "@preact/signals";
import type { Candidate } from "../../lm/event.ts";
import type { NextToken } from "../../lm/next.ts";
import type { SamplingParams } from "../../lm/params.ts";
import type { TokenId } from "../../lm/token.ts";
import { type NextTokenScreen, PAGE_SIZE } from "../address/next_token_screen.ts";
import type { Numbers } from "../address/probability_column.ts";

export interface StepPlace {
  readonly params: Signal<SamplingParams>;
  /** Tokens chosen after the prompt. */
  readonly path: Signal<readonly TokenId[]>;
  /** The last answer, which may be of the place before while another one is on its way. */
  readonly next: Signal<NextToken | undefined>;
  /** By rank. */
  readonly candidates: Signal<readonly Candidate[]>;
  /** Rank from which the list is shown, and up to which it was asked for. */
  readonly from: Signal<number>;
  readonly loaded: Signal<number>;
  /** What is looked for in the vocabulary. */
  readonly query: Signal<string>;
  readonly selected: Signal<TokenId | undefined>;
  /** How probabilities are written. */
  readonly numbers: Signal<Numbers>;
  /** The list of a new place, in place of what was shown. */
  readonly show: (answer: NextToken) => void;
  /** More candidates of the same place. */
  readonly showMore: (answer: NextToken) => void;
}

export function useStepPlace({ screen, path: opened, next: first, view }: NextTokenScreen): StepPlace {
  const params = useSignal(screen.params);
  const path = useSignal(opened);
  const next = useSignal(first);
  const candidates = useSignal(byRank(first?.step.top ?? []));
  const from = useSignal(view.from);
  const loaded = useSignal(view.from + PAGE_SIZE);
  const query = useSignal(view.find);
  const selected = useSignal(view.selected);
  const numbers = useSignal(screen.numbers);

  function show(answer: NextToken): void {
    batch(() => {
      next.value = answer;
      candidates.value = byRank(answer.step.top);
      from.value = answer.offset;
      loaded.value = answer.offset + PAGE_SIZE;
      path.value = answer.path.map(({ id }) => id);
    });
  }

  function showMore(answer: NextToken): void {
    const all = new Map([...candidates.value, ...answer.step.top].map((each) => [each.token.id, each]));
    const top = byRank([...all.values()]);
    batch(() => {
      candidates.value = top;
      loaded.value += PAGE_SIZE;
      // Subtle: an answer holds its own page alone, and the place's step is asked for its most probable tokens.
      next.value = { ...answer, step: { ...answer.step, top } };
    });
  }

  return { params, path, next, candidates, from, loaded, query, selected, numbers, show, showMore };
}

function byRank(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.toSorted((one, other) => one.rank - other.rank);
}
