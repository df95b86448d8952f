import { batch, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { NextToken as Next } from "../lib/lm/next.ts";
import type { SamplingParams } from "../lib/lm/params.ts";
import type { TokenId } from "../lib/lm/token.ts";
import { editableText, promptSource } from "../lib/ui/address/generation_screen.ts";
import { nextHref, type NextTokenScreen } from "../lib/ui/address/next_token_screen.ts";
import { commandOf, isStepKey, type StepCommand } from "../lib/ui/next_token/next_token_keys.ts";
import { NUMBERS } from "../lib/ui/address/probability_column.ts";
import { NextTokenView } from "../lib/ui/next_token/NextTokenView.tsx";
import { isPageKey, keyOf } from "../lib/ui/page_key.ts";
import { pathSteps, pathVerdicts } from "../lib/ui/next_token/path_steps.ts";
import { besidePath } from "../lib/ui/token/path_tree.ts";
import { useContrast } from "../lib/ui/next_token/use_contrast.ts";
import { useKeys } from "../lib/ui/use_keys.ts";
import { useKnownSteps } from "../lib/ui/next_token/use_known_steps.ts";
import { useLookAhead } from "../lib/ui/next_token/use_look_ahead.ts";
import { useOwnPrompt } from "../lib/ui/token/use_own_prompt.ts";
import { useNextQuestion } from "../lib/ui/next_token/use_next_question.ts";
import { useStepAddress } from "../lib/ui/next_token/use_step_address.ts";
import { useStepPlace } from "../lib/ui/next_token/use_step_place.ts";
import { useStepQueue } from "../lib/ui/next_token/use_step_queue.ts";

interface NextTokenProps extends NextTokenScreen {
  /** Whether it is opened to write a prompt. */
  readonly isWriting: boolean;
  /** What shows the sample above its prompt. */
  readonly children?: ComponentChildren;
}

/** The next-token screen: a step, a look ahead or another question, by keys and clicks. */
export default function NextToken(props: NextTokenProps) {
  const { screen } = props;
  const isReady = useSignal(false);
  const api = `/api/${screen.module}/${screen.component}`;
  const source = promptSource(screen);
  const place = useStepPlace(props);
  const { params, path, next, candidates, from, loaded, query, selected, numbers } = place;
  const question = useNextQuestion({ api, source, place, problem: props.problem });
  const { ask, isBusy, problem } = question;
  const paths = useKnownSteps({ api, source, place });
  const ahead = useLookAhead(paths.greedily);
  const tokenOf = (id: TokenId) => candidates.value.find(({ token }) => token.id === id)?.token;
  const contrast = useContrast({ api, screen, path, tokenOf, problem });
  const own = useOwnPrompt({
    text: editableText(screen),
    isWriting: props.isWriting,
    hrefOf: (ownPrompt) => nextHref({ ...screen, ownPrompt, params: params.value, numbers: numbers.value }, []),
  });
  const queue = useStepQueue();
  const push = useStepAddress({
    screen,
    place,
    onBack: () => {
      queue.clear();
      ahead.close();
      void showNext(ask({ offset: from.value }));
    },
  });

  function show(answer: Next | undefined): void {
    if (answer === undefined) return;
    batch(() => {
      place.show(answer);
      paths.add(answer);
    });
    void paths.retrace(question.signal());
  }

  async function go(to: readonly TokenId[]): Promise<void> {
    ahead.close();
    batch(() => {
      path.value = to;
      selected.value = undefined;
      from.value = 0;
    });
    push(to);
    await showNext(ask());
  }

  /** Shows an answer, and takes the step that waited for it; a failure ends the waiting. */
  async function showNext(asked: Promise<Next | undefined>): Promise<void> {
    const answer = await asked;
    show(answer);
    if (isBusy.value) return;
    if (answer === undefined) return queue.clear();
    const key = queue.take();
    if (key !== undefined) press(key);
  }

  /** Whether what is on screen is still the place before the one that was asked for. */
  function isMoving(): boolean {
    return isBusy.value && next.value?.path.map(({ id }) => id).join() !== path.value.join();
  }

  /** To where a person points; keys that wait were meant for another place. */
  function leaveFor(to: readonly TokenId[]): void {
    queue.clear();
    void go(to);
  }

  /** @returns whether the text is part of the path now */
  async function append(text: string): Promise<boolean> {
    queue.clear();
    ahead.close();
    // What was typed to be found is own text now, once it is appended.
    const wasQuery = text === query.value;
    const answer = await ask({ append: text }, wasQuery ? "" : query.value);
    if (answer === undefined) return false;
    batch(() => {
      if (wasQuery) query.value = "";
      selected.value = undefined;
      from.value = 0;
    });
    push(answer.path.map(({ id }) => id));
    show(answer);
    return true;
  }

  async function showMore(): Promise<void> {
    // What is on its way may belong to another place, or to other params, than the list that would grow.
    if (isBusy.value) return;
    const answer = await ask({ offset: loaded.value });
    if (answer !== undefined) place.showMore(answer);
  }

  function changeParams(changed: SamplingParams): void {
    ahead.close();
    params.value = changed;
    void showNext(ask());
  }

  function follow(command: StepCommand): void {
    switch (command.kind) {
      case "go":
        return void go(command.path);
      case "beside": {
        const beside = besidePath(paths.tried.value, path.value, command.by);
        return beside && void go(beside);
      }
      case "params":
        return changeParams(command.params);
      case "preview":
        // Space is what chooses from a list of choices.
        return contrast.isChoosing.value ? contrast.mark(command.id) : void ahead.look(path.value, command.id);
      case "mark":
        return contrast.mark(command.id);
      case "why":
        return void contrast.why(command.focused);
      case "close":
        contrast.close();
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
      queue.add(key);
      return true;
    }
    const command = commandOf(key, {
      params: params.value,
      path: path.value,
      next: next.value,
      candidates: candidates.value,
      focused: focusedCandidate(),
      isOpen: ahead.preview.value !== undefined || contrast.isOpen(),
    });
    if (command === undefined) return false;
    follow(command);
    return true;
  }

  useKeys((event) => isPageKey(event) && press(keyOf(event)));

  useEffect(() => {
    isReady.value = true;
    if (selected.value !== undefined) candidateLink(selected.value)?.focus();
    if (next.value === undefined && problem.value === undefined) void showNext(ask({ offset: from.value }));
    else void paths.retrace(question.signal());
    return ahead.close;
  }, []);

  const steps = pathSteps(paths.known.value, path.value);
  return (
    <NextTokenView
      screen={{ ...screen, numbers: numbers.value }}
      sample={props.children}
      writing={own.writing}
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
      marked={contrast.marked.value}
      contrast={contrast.shown.value}
      isChoosing={contrast.isChoosing.value}
      onChoose={contrast.choose}
      onMark={contrast.mark}
      onWhy={() => void contrast.why(undefined)}
      onCloseContrast={() => {
        const { one } = contrast.shown.value ?? {};
        contrast.close();
        // The focus goes back to the candidate that was looked at.
        if (one !== undefined) candidateLink(one.id)?.focus();
      }}
      tried={paths.tried.value}
      queued={queue.waiting.value.length}
      onStep={(key) => void press(key)}
      onNumbers={(wanted) => numbers.value = wanted}
      onGo={leaveFor}
      onParams={changeParams}
      onFind={(text) => {
        query.value = text;
        void showNext(ask());
      }}
      onSelect={(id) => selected.value = id}
      onAppend={append}
      onMore={() => void showMore()}
      onRetry={() => void showNext(ask({ offset: from.value }))}
    />
  );
}

function candidateLink(id: TokenId): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-candidate="${id}"]`);
}

function focusedCandidate(): TokenId | undefined {
  const id = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.candidate : undefined;
  return id === undefined ? undefined : Number(id);
}
