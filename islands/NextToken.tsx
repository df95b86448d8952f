import { batch, useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Candidate, Problem } from "../lib/lm/event.ts";
import type { NextToken as Next } from "../lib/lm/next.ts";
import type { SamplingParams } from "../lib/lm/params.ts";
import type { TokenId } from "../lib/lm/token.ts";
import { ApiError } from "../lib/ui/api_client.ts";
import { fetchNextToken, streamRun } from "../lib/ui/generation_client.ts";
import { paramsToWire, sampleSource } from "../lib/ui/generation_screen.ts";
import {
  nextHref,
  type NextTokenScreen,
  PAGE_SIZE,
  parseNumbers,
  parsePath,
  parseView,
} from "../lib/ui/next_token_screen.ts";
import { commandOf, isStepKey, type StepCommand } from "../lib/ui/next_token_keys.ts";
import { NUMBERS } from "../lib/ui/probability_column.ts";
import { NextTokenView } from "../lib/ui/NextTokenView.tsx";
import { followInRail } from "../lib/ui/other_screen.ts";
import { isPageKey } from "../lib/ui/page_key.ts";
import { type KnownSteps, pathSteps, pathVerdicts, withAnswer } from "../lib/ui/path_steps.ts";
import { besidePath, type PathNode, withPath } from "../lib/ui/path_tree.ts";
import { useLookAhead } from "../lib/ui/use_look_ahead.ts";

interface NextTokenProps extends NextTokenScreen {
  /** What shows the sample above its prompt. */
  readonly children?: ComponentChildren;
}

/** Longer paths are not gone again only to know what the model said on the way. */
const MOST_RETRACED = 256;

/** Steps that may wait for the one before. */
const MOST_QUEUED = 3;

/** The next-token screen: where it stands, what it has asked for, and the paths that were tried. */
export default function NextToken(props: NextTokenProps) {
  const { screen } = props;
  const params = useSignal<SamplingParams>(screen.params);
  const path = useSignal(props.path);
  const next = useSignal<Next | undefined>(props.next);
  const candidates = useSignal<readonly Candidate[]>(byRank(props.next?.step.top ?? []));
  const from = useSignal(props.view.from);
  const loaded = useSignal(props.view.from + PAGE_SIZE);
  const problem = useSignal<Problem | undefined>(props.problem);
  const query = useSignal(props.view.find);
  const selected = useSignal(props.view.selected);
  const numbers = useSignal(props.screen.numbers);
  /** Keys of steps that wait for the answer to the one before. */
  const queued = useSignal<readonly string[]>([]);
  const known = useSignal<KnownSteps>(
    props.next === undefined ? new Map() : withAnswer(new Map(), props.path, props.next),
  );
  const tried = useSignal<readonly PathNode[]>(withPath([], props.next?.path ?? []));
  const isReady = useSignal(false);
  const isBusy = useSignal(false);
  const asking = useRef<AbortController | undefined>(undefined);
  const told = useRef<string | undefined>(undefined);
  const api = `/api/${screen.module}/${screen.component}`;
  const here = () => ({ ...screen, params: params.value, numbers: numbers.value });
  const ahead = useLookAhead(greedily);
  const view = () => ({ from: from.value, find: query.value, selected: selected.value });

  /** Asks for the distribution at the present path; an older question is given up. */
  async function ask(
    more: { readonly append?: string; readonly offset?: number } = {},
    wanted = query.value,
  ): Promise<Next | undefined> {
    asking.current?.abort();
    const controller = new AbortController();
    asking.current = controller;
    isBusy.value = true;
    const find = wanted === "" ? {} : { find: wanted };
    // The prompt is the same for as long as the page stands.
    const prompt = next.value?.prompt;
    const body = { ...sampleSource(screen), params: paramsToWire(params.value), path: path.value, ...find };
    try {
      const answer = await fetchNextToken(
        `${api}/next_token`,
        { ...body, limit: PAGE_SIZE, prompt_tokens: prompt === undefined, ...more },
        controller.signal,
      );
      problem.value = undefined;
      return { ...(prompt && { prompt }), ...answer };
    } catch (error) {
      if (controller.signal.aborted) return undefined;
      if (!(error instanceof ApiError)) throw error;
      problem.value = error.problem;
      if (error.problem.field !== "find") return undefined;
      // What cannot be looked for takes nothing from the list.
      const answer = await ask(more, "");
      if (answer !== undefined) problem.value = error.problem;
      return answer;
    } finally {
      if (asking.current === controller) isBusy.value = false;
    }
  }

  function show(answer: Next | undefined): void {
    if (answer === undefined) return;
    batch(() => {
      next.value = answer;
      candidates.value = byRank(answer.step.top);
      from.value = 0;
      loaded.value = PAGE_SIZE;
      path.value = answer.path.map(({ id }) => id);
      known.value = withAnswer(known.value, path.value, answer);
      tried.value = withPath(tried.value, answer.path);
    });
    void retrace();
  }

  async function go(to: readonly TokenId[]): Promise<void> {
    ahead.close();
    batch(() => {
      path.value = to;
      selected.value = undefined;
      from.value = 0;
    });
    told.current = nextHref(here(), to, view());
    history.pushState(null, "", told.current);
    await showNext(ask());
  }

  /** Shows an answer, and takes the step that waited for it; a failure ends the waiting. */
  async function showNext(asked: Promise<Next | undefined>): Promise<void> {
    const answer = await asked;
    show(answer);
    if (isBusy.value) return;
    const [key, ...later] = queued.value;
    queued.value = answer === undefined ? [] : later;
    if (answer !== undefined && key !== undefined) press(key);
  }

  /** Whether what is on screen is still the place before the one that was asked for. */
  function isMoving(): boolean {
    return isBusy.value && next.value?.path.map(({ id }) => id).join() !== path.value.join();
  }

  /** To where a person points; keys that wait were meant for another place. */
  function leaveFor(to: readonly TokenId[]): void {
    queued.value = [];
    void go(to);
  }

  async function append(text: string): Promise<void> {
    queued.value = [];
    if (text === query.value) query.value = "";
    const answer = await ask({ append: text });
    if (answer === undefined) return;
    told.current = nextHref(here(), answer.path.map(({ id }) => id), view());
    history.pushState(null, "", told.current);
    show(answer);
  }

  async function showMore(): Promise<void> {
    // What is on its way may belong to another place, or to other params, than the list that would grow.
    if (isBusy.value) return;
    const answer = await ask({ offset: loaded.value });
    if (answer === undefined) return;
    const all = new Map([...candidates.value, ...answer.step.top].map((each) => [each.token.id, each]));
    candidates.value = byRank([...all.values()]);
    loaded.value += PAGE_SIZE;
    next.value = answer;
  }

  /** Goes the path once more where the page does not know what the model said on the way, as after a reload. */
  async function retrace(): Promise<void> {
    const ids = path.value;
    const isRemote = next.value?.step.draw.kind === "remote" || next.value?.step.evidence !== undefined;
    if (isRemote || ids.length > MOST_RETRACED || !pathSteps(known.value, ids).includes(undefined)) return;
    for await (const event of greedily(ids, ids.length, asking.current?.signal)) {
      const before = ids.slice(0, event.position).join();
      known.value = new Map(known.value).set(before, event);
    }
  }

  /** The steps of a path, and then the most probable tokens, up to a length; nothing when it cannot be had. */
  async function* greedily(ids: readonly TokenId[], length: number, signal = new AbortController().signal) {
    const wanted = { ...paramsToWire(params.value), temperature: 0, n: 1, max_tokens: length };
    const body = { ...sampleSource(screen), params: wanted, path: ids };
    try {
      for await (const event of streamRun(`${api}/generate`, body, signal)) if (event.type === "step") yield event;
    } catch (error) {
      // What is asked here only adds to what stands on the page.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  function changeParams(changed: SamplingParams): void {
    params.value = changed;
    void showNext(ask());
  }

  function follow(command: StepCommand): void {
    switch (command.kind) {
      case "go":
        return void go(command.path);
      case "beside": {
        const beside = besidePath(tried.value, path.value, command.by);
        return beside && void go(beside);
      }
      case "params":
        return changeParams(command.params);
      case "preview":
        return void ahead.look(path.value, command.id);
      case "close":
        return ahead.close();
      case "numbers":
        return void (numbers.value = NUMBERS[(NUMBERS.indexOf(numbers.value) + 1) % NUMBERS.length] ?? "p");
      case "find":
        return document.getElementById("find")?.focus();
    }
  }

  /** Does what a key means; a step waits for the answer that is on its way. False for a key that means nothing here. */
  function press(key: string): boolean {
    if (isMoving() && isStepKey(key)) {
      // A step back takes back what has not been done yet.
      const isBack = queued.value.length > 0 && (key === "Backspace" || key === "ArrowLeft");
      queued.value = isBack ? queued.value.slice(0, -1) : [...queued.value, key].slice(0, MOST_QUEUED);
      return true;
    }
    const place = { params: params.value, path: path.value, next: next.value, candidates: candidates.value };
    const command = commandOf(key, {
      ...place,
      focused: focusedCandidate(),
      isAhead: ahead.preview.value !== undefined,
    });
    if (command === undefined) return false;
    follow(command);
    return true;
  }

  function onKey(event: KeyboardEvent): void {
    if (isPageKey(event) && press(event.key)) event.preventDefault();
  }

  useSignalEffect(() => {
    const href = nextHref(here(), path.value, view());
    // The URL that opened the page stays until something of it changes.
    if (told.current !== undefined && told.current !== href) history.replaceState(history.state, "", href);
    told.current = href;
    followInRail(here());
  });

  useEffect(() => {
    isReady.value = true;
    if (selected.value !== undefined) candidateLink(selected.value)?.focus();
    if (next.value === undefined && problem.value === undefined) void showNext(ask());
    else void retrace();
    const onBack = () => {
      const search = new URLSearchParams(location.search);
      told.current = undefined;
      batch(() => {
        path.value = parsePath(search.get("path"));
        numbers.value = parseNumbers(search);
        queued.value = [];
        ({ find: query.value, selected: selected.value } = parseView(search));
      });
      told.current ??= nextHref(here(), path.value, view());
      void showNext(ask());
    };
    addEventListener("popstate", onBack);
    addEventListener("keydown", onKey);
    return () => {
      removeEventListener("popstate", onBack);
      removeEventListener("keydown", onKey);
      asking.current?.abort();
      ahead.close();
    };
  }, []);

  const steps = pathSteps(known.value, path.value);
  return (
    <NextTokenView
      screen={{ ...screen, numbers: numbers.value }}
      sample={props.children}
      params={params.value}
      path={path.value}
      steps={steps}
      verdicts={pathVerdicts(steps, path.value, params.value, next.value?.prompt?.map(({ id }) => id) ?? [])}
      next={next.value}
      candidates={candidates.value}
      from={from.value}
      loaded={loaded.value}
      problem={problem.value}
      isReady={isReady.value}
      isBusy={isBusy.value}
      query={query.value}
      selected={selected.value}
      preview={ahead.preview.value}
      tried={tried.value}
      queued={queued.value.length}
      onStep={(key) => void press(key)}
      onNumbers={(wanted) => numbers.value = wanted}
      onGo={leaveFor}
      onParams={changeParams}
      onFind={(text) => {
        query.value = text;
        void showNext(ask());
      }}
      onSelect={(id) => selected.value = id}
      onAppend={(text) => void append(text)}
      onMore={() => void showMore()}
      onRetry={() => void showNext(ask())}
    />
  );
}

function byRank(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.toSorted((one, other) => one.rank - other.rank);
}

function candidateLink(id: TokenId): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-candidate="${id}"]`);
}

function focusedCandidate(): TokenId | undefined {
  const id = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.candidate : undefined;
  return id === undefined ? undefined : Number(id);
}
