/** What the model said on the ways that were gone: the steps of each path, and the tree of all paths. */
import { batch, type ReadonlySignal, useSignal } from "@preact/signals";
import type { Step } from "../../lm/event.ts";
import type { NextToken } from "../../lm/next.ts";
import type { TokenId } from "../../lm/token.ts";
import { ApiError } from "../api_client.ts";
import { streamRun } from "../generation_client.ts";
import { paramsToWire } from "../address/generation_screen.ts";
import { type KnownSteps, pathSteps, withAnswer } from "./path_steps.ts";
import { type PathNode, withPath } from "../token/path_tree.ts";
import type { StepPlace } from "./use_step_place.ts";

/** Longer paths are not gone again only to know what the model said on the way. */
const MOST_RETRACED = 256;

interface KnownStepsOptions {
  /** Path of the component's API. */
  readonly api: string;
  /** Names the sample and the generator. */
  readonly source: object;
  readonly place: StepPlace;
}

export interface KnownPaths {
  readonly known: ReadonlySignal<KnownSteps>;
  readonly tried: ReadonlySignal<readonly PathNode[]>;
  /** Adds an answer and the path to it. */
  readonly add: (answer: NextToken) => void;
  /** Goes the path once more where the page does not know what the model said on the way, as after a reload. */
  readonly retrace: (signal: AbortSignal | undefined) => Promise<void>;
  /** The steps of a path, and then the most probable tokens, up to a length; nothing when it cannot be had. */
  readonly greedily: (
    ids: readonly TokenId[],
    length: number,
    signal?: AbortSignal,
  ) => AsyncGenerator<Step, void, void>;
}

export function useKnownSteps({ api, source, place }: KnownStepsOptions): KnownPaths {
  const { params, path, next } = place;
  const first = next.peek();
  const known = useSignal<KnownSteps>(first === undefined ? new Map() : withAnswer(new Map(), path.peek(), first));
  const tried = useSignal<readonly PathNode[]>(withPath([], first?.path ?? []));

  function add(answer: NextToken): void {
    batch(() => {
      known.value = withAnswer(known.value, answer.path.map(({ id }) => id), answer);
      tried.value = withPath(tried.value, answer.path);
    });
  }

  async function retrace(signal: AbortSignal | undefined): Promise<void> {
    const ids = path.value;
    const isRemote = next.value?.step.draw.kind === "remote" || next.value?.step.evidence !== undefined;
    if (isRemote || ids.length > MOST_RETRACED || !pathSteps(known.value, ids).includes(undefined)) return;
    for await (const event of greedily(ids, ids.length, signal)) {
      const before = ids.slice(0, event.position).join();
      known.value = new Map(known.value).set(before, event);
    }
  }

  async function* greedily(ids: readonly TokenId[], length: number, signal = new AbortController().signal) {
    const wanted = { ...paramsToWire(params.value), temperature: 0, n: 1, max_tokens: length };
    const body = { ...source, params: wanted, path: ids };
    try {
      for await (const event of streamRun(`${api}/generate`, body, signal)) if (event.type === "step") yield event;
    } catch (error) {
      // What is asked here only adds to what stands on the page.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  return { known, tried, add, retrace, greedily };
}
