import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Candidate, Problem } from "../lib/lm/event.ts";
import type { NextToken as Next } from "../lib/lm/next.ts";
import type { SamplingParams } from "../lib/lm/params.ts";
import type { TokenId } from "../lib/lm/token.ts";
import { ApiError } from "../lib/ui/api_client.ts";
import { withBan, withNudge } from "../lib/ui/bias_text.ts";
import { fetchNextToken } from "../lib/ui/generation_client.ts";
import { paramsToWire, sampleSource } from "../lib/ui/generation_screen.ts";
import { nextHref, type NextTokenScreen, PAGE_SIZE, parsePath } from "../lib/ui/next_token_screen.ts";
import { NextTokenView } from "../lib/ui/NextTokenView.tsx";
import { type PathNode, withPath } from "../lib/ui/path_tree.ts";

interface NextTokenProps extends NextTokenScreen {
  /** What shows the sample above its prompt. */
  readonly children?: ComponentChildren;
}

/** The next-token screen: where it stands, what it has asked for, and the paths that were tried. */
export default function NextToken(props: NextTokenProps) {
  const { screen } = props;
  const params = useSignal<SamplingParams>(screen.params);
  const path = useSignal(props.path);
  const next = useSignal<Next | undefined>(props.next);
  const candidates = useSignal<readonly Candidate[]>(props.next?.step.top ?? []);
  const problem = useSignal<Problem | undefined>(props.problem);
  const query = useSignal("");
  const tried = useSignal<readonly PathNode[]>(withPath([], props.next?.path ?? []));
  const isReady = useSignal(false);
  const isBusy = useSignal(false);
  const asking = useRef<AbortController | undefined>(undefined);
  const { module, component } = screen;
  const here = () => ({ ...screen, params: params.value });

  /** Asks for the distribution at the present path; an older question is given up. */
  async function ask(more: { readonly append?: string; readonly offset?: number } = {}): Promise<Next | undefined> {
    asking.current?.abort();
    const controller = new AbortController();
    asking.current = controller;
    isBusy.value = true;
    const find = query.value === "" ? {} : { find: query.value };
    const body = { ...sampleSource(screen), params: paramsToWire(params.value), path: path.value, ...find };
    try {
      const url = `/api/${module}/${component}/next_token`;
      const answer = await fetchNextToken(url, { ...body, limit: PAGE_SIZE, ...more }, controller.signal);
      problem.value = undefined;
      return answer;
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
    next.value = answer;
    candidates.value = answer.step.top.toSorted((one, other) => one.rank - other.rank);
    path.value = answer.path.map(({ id }) => id);
    tried.value = withPath(tried.value, answer.path);
  }

  async function go(to: readonly TokenId[]): Promise<void> {
    path.value = to;
    history.pushState(null, "", nextHref(here(), to));
    show(await ask());
  }

  async function append(text: string): Promise<void> {
    const answer = await ask({ append: text });
    show(answer);
    if (answer !== undefined) history.pushState(null, "", nextHref(here(), path.value));
  }

  async function showMore(): Promise<void> {
    const answer = await ask({ offset: candidates.value.length });
    if (answer === undefined) return;
    const known = new Map([...candidates.value, ...answer.step.top].map((each) => [each.token.id, each]));
    candidates.value = [...known.values()].toSorted((one, other) => one.rank - other.rank);
    next.value = answer;
  }

  function changeParams(changed: SamplingParams): void {
    params.value = changed;
    history.replaceState(history.state, "", nextHref(here(), path.value));
    void ask().then(show);
  }

  function onKey(event: KeyboardEvent): void {
    const inField = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
    if (inField || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = keyTarget(event.key, path.value, next.value, candidates.value);
    const biased = biasedBy(event.key, params.value);
    if (to !== undefined) void go(to);
    else if (biased !== undefined) changeParams(biased);
    else if (event.key === "/") document.getElementById("find")?.focus();
    else return;
    event.preventDefault();
  }

  useEffect(() => {
    isReady.value = true;
    const onBack = () => {
      path.value = parsePath(new URLSearchParams(location.search).get("path"));
      void ask().then(show);
    };
    addEventListener("popstate", onBack);
    addEventListener("keydown", onKey);
    return () => {
      removeEventListener("popstate", onBack);
      removeEventListener("keydown", onKey);
      asking.current?.abort();
    };
  }, []);

  return (
    <NextTokenView
      screen={screen}
      sample={props.children}
      params={params.value}
      path={path.value}
      next={next.value}
      candidates={candidates.value}
      problem={problem.value}
      isReady={isReady.value}
      isBusy={isBusy.value}
      query={query.value}
      tried={tried.value}
      onGo={(to) => void go(to)}
      onParams={changeParams}
      onFind={(text) => {
        query.value = text;
        void ask().then(show);
      }}
      onAppend={(text) => void append(text)}
      onMore={() => void showMore()}
      onRetry={() => void ask().then(show)}
    />
  );
}

/** The params after a key that bans or biases the candidate in focus; undefined for any other key. */
function biasedBy(key: string, params: SamplingParams): SamplingParams | undefined {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.candidate : undefined;
  if (focused === undefined) return undefined;
  if (key === "b") return withBan(params, Number(focused));
  const by = key === "+" ? 1 : key === "-" ? -1 : 0;
  return by === 0 ? undefined : withNudge(params, Number(focused), by);
}

/** Where a key leads; undefined for a key that leads nowhere. */
function keyTarget(
  key: string,
  path: readonly TokenId[],
  next: Next | undefined,
  candidates: readonly Candidate[],
): readonly TokenId[] | undefined {
  if (key === "Backspace" || key === "ArrowLeft") return path.length > 0 ? path.slice(0, -1) : undefined;
  const nth = /^[1-9]$/.test(key) ? candidates[Number(key) - 1] : undefined;
  const taken = key === "ArrowRight"
    ? candidates[0]?.token
    : key === "s"
    ? next?.step.token
    : key === "t"
    ? next?.target?.token
    : nth?.token;
  return taken === undefined ? undefined : [...path, taken.id];
}
