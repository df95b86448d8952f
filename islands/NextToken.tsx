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
import { nextHref, type NextTokenScreen, PAGE_SIZE, parsePath, parseView } from "../lib/ui/next_token_screen.ts";
import { commandOf, type StepCommand } from "../lib/ui/next_token_keys.ts";
import { NextTokenView } from "../lib/ui/NextTokenView.tsx";
import { type KnownSteps, pathSteps, pathVerdicts, withAnswer } from "../lib/ui/path_steps.ts";
import { besidePath, type PathNode, withPath } from "../lib/ui/path_tree.ts";
import { AHEAD, type Preview } from "../lib/ui/preview.ts";

interface NextTokenProps extends NextTokenScreen {
  /** What shows the sample above its prompt. */
  readonly children?: ComponentChildren;
}

/** Longer paths are not gone again only to know what the model said on the way. */
const MOST_RETRACED = 256;

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
  const preview = useSignal<Preview | undefined>(undefined);
  const known = useSignal<KnownSteps>(
    props.next === undefined ? new Map() : withAnswer(new Map(), props.path, props.next),
  );
  const tried = useSignal<readonly PathNode[]>(withPath([], props.next?.path ?? []));
  const isReady = useSignal(false);
  const isBusy = useSignal(false);
  const asking = useRef<AbortController | undefined>(undefined);
  const looking = useRef<AbortController | undefined>(undefined);
  const told = useRef<string | undefined>(undefined);
  const api = `/api/${screen.module}/${screen.component}`;
  const here = () => ({ ...screen, params: params.value });
  const view = () => ({ from: from.value, find: query.value, selected: selected.value });

  /** Asks for the distribution at the present path; an older question is given up. */
  async function ask(more: { readonly append?: string; readonly offset?: number } = {}): Promise<Next | undefined> {
    asking.current?.abort();
    const controller = new AbortController();
    asking.current = controller;
    isBusy.value = true;
    const find = query.value === "" ? {} : { find: query.value };
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
      return undefined;
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
    closePreview();
    batch(() => {
      path.value = to;
      selected.value = undefined;
      from.value = 0;
    });
    told.current = nextHref(here(), to, view());
    history.pushState(null, "", told.current);
    show(await ask());
  }

  async function append(text: string): Promise<void> {
    const answer = await ask({ append: text });
    if (answer === undefined) return;
    told.current = nextHref(here(), answer.path.map(({ id }) => id), view());
    history.pushState(null, "", told.current);
    show(answer);
  }

  async function showMore(): Promise<void> {
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

  async function lookAhead(id: TokenId): Promise<void> {
    closePreview();
    const controller = new AbortController();
    looking.current = controller;
    preview.value = { id, tokens: [], isBusy: true };
    const ids = [...path.value, id];
    for await (const { position, token } of greedily(ids, ids.length + AHEAD, controller.signal)) {
      if (controller.signal.aborted || position < ids.length) continue;
      preview.value = { id, tokens: [...preview.value?.tokens ?? [], token], isBusy: true };
    }
    if (!controller.signal.aborted) preview.value = { id, tokens: preview.value?.tokens ?? [], isBusy: false };
  }

  function closePreview(): void {
    looking.current?.abort();
    preview.value = undefined;
  }

  function changeParams(changed: SamplingParams): void {
    params.value = changed;
    void ask().then(show);
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
        return void lookAhead(command.id);
      case "close":
        return closePreview();
      case "find":
        return document.getElementById("find")?.focus();
    }
  }

  function onKey(event: KeyboardEvent): void {
    const inField = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
    if (inField || event.ctrlKey || event.metaKey || event.altKey) return;
    const place = { params: params.value, path: path.value, next: next.value, candidates: candidates.value };
    const command = commandOf(event.key, {
      ...place,
      focused: focusedCandidate(),
      isAhead: preview.value !== undefined,
    });
    if (command === undefined) return;
    follow(command);
    event.preventDefault();
  }

  useSignalEffect(() => {
    const href = nextHref(here(), path.value, view());
    // The URL that opened the page stays until something of it changes.
    if (told.current !== undefined && told.current !== href) history.replaceState(history.state, "", href);
    told.current = href;
  });

  useEffect(() => {
    isReady.value = true;
    if (selected.value !== undefined) candidateLink(selected.value)?.focus();
    if (next.value === undefined && problem.value === undefined) void ask().then(show);
    else void retrace();
    const onBack = () => {
      const search = new URLSearchParams(location.search);
      told.current = undefined;
      batch(() => {
        path.value = parsePath(search.get("path"));
        ({ find: query.value, selected: selected.value } = parseView(search));
      });
      told.current ??= nextHref(here(), path.value, view());
      void ask().then(show);
    };
    addEventListener("popstate", onBack);
    addEventListener("keydown", onKey);
    return () => {
      removeEventListener("popstate", onBack);
      removeEventListener("keydown", onKey);
      asking.current?.abort();
      looking.current?.abort();
    };
  }, []);

  const steps = pathSteps(known.value, path.value);
  return (
    <NextTokenView
      screen={screen}
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
      preview={preview.value}
      tried={tried.value}
      onGo={(to) => void go(to)}
      onParams={changeParams}
      onFind={(text) => {
        query.value = text;
        void ask().then(show);
      }}
      onSelect={(id) => selected.value = id}
      onAppend={(text) => void append(text)}
      onMore={() => void showMore()}
      onRetry={() => void ask().then(show)}
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
