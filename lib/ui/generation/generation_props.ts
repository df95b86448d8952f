/** What the generation screen draws from, and what it tells the island. */
import type { ComponentChildren } from "preact";
import type { Problem, Step } from "../../lm/event.ts";
import type { SamplingParams } from "../../lm/params.ts";
import type { TokenId } from "../../lm/token.ts";
import type { Scored } from "../../lm/wire.ts";
import type { Comparison } from "./comparison.ts";
import type { ComparedCompletion } from "./CompletionDiff.tsx";
import type { GenerationScreen } from "../address/generation_screen.ts";
import type { Run } from "./generation_state.ts";
import type { Selection } from "../address/selection_text.ts";
import type { PromptWriting } from "../token/use_own_prompt.ts";
import type { Colouring } from "../token/token_heat.ts";
import type { KeptRuns } from "./use_kept_runs.ts";

export interface GenerationViewProps {
  readonly screen: GenerationScreen;
  /** What shows the sample above its prompt; nothing for a task that does not say. */
  readonly sample: ComponentChildren;
  /** The prompt while somebody writes one. */
  readonly writing: PromptWriting;
  readonly params: SamplingParams;
  readonly run: Run;
  /** All runs of this page. */
  readonly runs: readonly Run[];
  /** Which of the runs of this page it is, from 0. */
  readonly runIndex: number;
  readonly compared: Comparison;
  /** Both sides, once there are two. */
  readonly comparison: readonly [ComparedCompletion, ComparedCompletion] | undefined;
  readonly scored: Scored | undefined;
  readonly scoreProblem: Problem | undefined;
  readonly pageProblem: Problem | undefined;
  readonly colouring: Colouring;
  readonly selection: Selection | undefined;
  /** False on the server and until the page is interactive. */
  readonly isReady: boolean;
  /** The params on screen, by which the run's steps are looked at again; undefined while they draw as the run's own. */
  readonly lookedAtBy: SamplingParams | undefined;
  /** The prompt's tokens; undefined where they are not known. */
  readonly promptIds: readonly TokenId[] | undefined;
  /** The selected step by the params on screen; absent while they are its own, and until it is known. */
  readonly whatIf: Step | undefined;
  /** What the browser keeps of the runs. */
  readonly kept: KeptRuns;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly onParams: (params: SamplingParams) => void;
  readonly onGenerate: () => void;
  /** Asks again for what the run on screen failed at. */
  readonly onRetry: () => void;
  /** Goes on with another token in the selected one's place. */
  readonly onBranch: (token: TokenId) => void;
  /** Goes on with the params on screen, from where they change a completion. */
  readonly onContinue: (sequence: number, position: number) => void;
  /** Goes on where a completion was cut off, by its own params and dice. */
  readonly onResume: (sequence: number) => void;
  /** Takes a completion into the comparison, or out of it. */
  readonly onCompare: (sequence: number) => void;
  /** The same with the target. */
  readonly onCompareTarget: () => void;
  /** Asks again for the numbers of a kept completion. */
  readonly onStepsAgain: (completion: string) => void;
  readonly onCloseComparison: () => void;
  readonly onRun: (index: number, selection?: Selection) => void;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
  readonly onStop: () => void;
  readonly onRetryScore: () => void;
  readonly onColouring: (colouring: Colouring) => void;
  readonly onSelect: (selection: Selection | undefined) => void;
}
