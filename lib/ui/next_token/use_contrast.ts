/** Marks candidates to contrast, and asks the model what each field of the prompt adds to them. */
import { batch, type ReadonlySignal, type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Candidate, Problem } from "../../lm/event.ts";
import { fieldsOf } from "../../lm/prompt.ts";
import type { Token, TokenId } from "../../lm/token.ts";
import { ApiError } from "../api_client.ts";
import { type Contrast, type FieldShare, withMark } from "./contrast.ts";
import { fetchNextToken } from "../generation_client.ts";
import { type GenerationScreen, promptSource } from "../address/generation_screen.ts";
import { NEXT_TOKEN_STRINGS as TEXT } from "./next_token_strings.ts";

interface ContrastPlace {
  /** Path of the component's API. */
  readonly api: string;
  readonly screen: GenerationScreen;
  readonly path: Signal<readonly TokenId[]>;
  /** A candidate of the list; undefined for one that is not in it any more. */
  readonly tokenOf: (id: TokenId) => Token | undefined;
  /** What is wrong, as the page tells it. */
  readonly problem: Signal<Problem | undefined>;
}

export interface Contrasting {
  readonly marked: ReadonlySignal<readonly TokenId[]>;
  readonly shown: ReadonlySignal<Contrast | undefined>;
  /** Whether a click on a candidate marks it. */
  readonly isChoosing: ReadonlySignal<boolean>;
  /** Lets clicks mark candidates; again, closes everything. */
  readonly choose: () => void;
  readonly mark: (id: TokenId) => void;
  /** Contrasts the marked candidates; without any, looks at the one that has the focus, or lets one be chosen. */
  readonly why: (focused: TokenId | undefined) => Promise<void>;
  /** Whether there is anything to close: a contrast, a mark, or the choice of one. */
  readonly isOpen: () => boolean;
  readonly close: () => void;
}

interface Pair {
  readonly one: Candidate;
  readonly other: Candidate | undefined;
}

export function useContrast({ api, screen, path, tokenOf, problem }: ContrastPlace): Contrasting {
  const marked = useSignal<readonly TokenId[]>([]);
  const shown = useSignal<Contrast | undefined>(undefined);
  const isChoosing = useSignal(false);
  const asking = useRef<AbortController | undefined>(undefined);
  const askedAt = useRef(path.peek().join());
  /** Those that were marked, which other params may have taken from the list since. */
  const known = useRef(new Map<TokenId, Token>());

  function close(): void {
    asking.current?.abort();
    batch(() => {
      marked.value = [];
      shown.value = undefined;
      isChoosing.value = false;
    });
  }

  function mark(id: TokenId): void {
    const token = tokenOf(id);
    if (token !== undefined) known.current.set(id, token);
    marked.value = withMark(marked.value, id);
  }

  /**
   * @param blank fields of the prompt that are left blank
   * @throws {ApiError}; undefined where the generator does not tell of all that is asked for
   */
  async function pairWith(
    ids: readonly TokenId[],
    blank: readonly string[],
    signal: AbortSignal,
  ): Promise<Pair | undefined> {
    const body = { ...promptSource(screen), blank, path: path.peek(), limit: 1, prompt_tokens: false };
    const found: Candidate[] = [];
    for (const id of ids) {
      const answer = await fetchNextToken(`${api}/next_token`, { ...body, find: String(id) }, signal);
      found.push(...(answer.found ?? []).filter(({ token }) => token.id === id));
    }
    const [one, other] = found;
    return one === undefined || found.length < ids.length ? undefined : { one, other };
  }

  /** As the prompt stands. A model that fails is told on the page. */
  async function pairHere(ids: readonly TokenId[], signal: AbortSignal): Promise<Pair | undefined | "failed"> {
    try {
      return await pairWith(ids, [], signal);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!signal.aborted) problem.value = error.problem;
      return "failed";
    }
  }

  async function shareOf(
    field: string,
    ids: readonly TokenId[],
    nats: number,
    signal: AbortSignal,
  ): Promise<FieldShare> {
    try {
      const pair = await pairWith(ids, [field], signal);
      return pair === undefined ? { field, reason: TEXT.notTold } : { field, addsNats: nats - oddsNats(pair) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { field, reason: error.problem.detail };
    }
  }

  async function why(focused: TokenId | undefined): Promise<void> {
    const ids = marked.value.length > 0 || focused === undefined ? marked.value : [focused];
    if (ids.length === 0) return void (isChoosing.value = true);
    const [one, other] = ids.map((id) => tokenOf(id) ?? known.current.get(id));
    if (one === undefined) return;
    asking.current?.abort();
    const controller = new AbortController(), { signal } = controller;
    asking.current = controller;
    const contrast = { one, ...(other === undefined ? {} : { other }) };
    // What was found last may be of other candidates, and is asked for no further.
    shown.value = { ...contrast, nats: undefined, fields: [], isBusy: true };
    const pair = await pairHere(ids, signal);
    if (signal.aborted) return;
    // Of what failed the page tells.
    if (pair === "failed") return void (shown.value = undefined);
    if (pair === undefined) return void (shown.value = { ...contrast, nats: undefined, fields: [], isBusy: false });
    const nats = oddsNats(pair), shares: FieldShare[] = [];
    // Of some fields nobody knows where in the text they stand; what they add is known all the same.
    for (const field of new Set([...fieldsOf(screen.prompt), ...screen.conversation?.unmarked ?? []])) {
      shown.value = { ...contrast, nats, fields: [...shares], isBusy: true };
      shares.push(await shareOf(field, ids, nats, signal));
      if (signal.aborted) return;
    }
    shown.value = { ...contrast, nats, fields: shares, isBusy: false };
  }

  useSignalEffect(() => {
    // Candidates of one place say nothing of another.
    const at = path.value.join();
    if (at !== askedAt.current) close();
    askedAt.current = at;
  });

  return {
    marked,
    shown,
    isChoosing,
    choose: () => isChoosing.value ? close() : void (isChoosing.value = true),
    mark,
    why,
    isOpen: () => shown.value !== undefined || marked.value.length > 0 || isChoosing.value,
    close,
  };
}

function oddsNats({ one, other }: Pair): number {
  return one.logprob - (other?.logprob ?? 0);
}
