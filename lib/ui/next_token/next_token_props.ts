/** What the parts of the next-token screen are drawn from, and what can be done there. */
import type { ComponentChildren } from "preact";
import type { Candidate, Problem, Step as TakenStep } from "../../lm/event.ts";
import type { NextToken } from "../../lm/next.ts";
import type { SamplingParams } from "../../lm/params.ts";
import type { SurvivalVerdict } from "../../lm/survival.ts";
import type { TokenId } from "../../lm/token.ts";
import type { Contrast } from "./contrast.ts";
import type { SteppedScreen } from "../address/next_token_screen.ts";
import type { Numbers } from "../address/probability_column.ts";
import type { PathNode } from "../token/path_tree.ts";
import type { PromptWriting } from "../token/use_own_prompt.ts";
import type { Preview } from "./preview.ts";

export interface NextTokenViewProps {
  readonly screen: SteppedScreen;
  /** What shows the sample above its prompt; nothing for a task that does not say. */
  readonly sample: ComponentChildren;
  /** The prompt while somebody writes one. */
  readonly writing: PromptWriting;
  readonly params: SamplingParams;
  readonly path: readonly TokenId[];
  /** The step of each token of the path, and what the dice of the params make of it; undefined where it is not known. */
  readonly steps: readonly (TakenStep | undefined)[];
  readonly verdicts: readonly (SurvivalVerdict | undefined)[];
  /** Absent until the first answer, or when there is none. */
  readonly next: NextToken | undefined;
  /** All pages of candidates that were asked for. */
  readonly candidates: readonly Candidate[];
  /** Candidates before the first one, and up to the last one, that were asked for. */
  readonly from: number;
  readonly loaded: number;
  readonly problem: Problem | undefined;
  readonly isReady: boolean;
  /** An answer is on its way; what stands here is of the place before. */
  readonly isBusy: boolean;
  readonly query: string;
  readonly selected: TokenId | undefined;
  readonly preview: Preview | undefined;
  /** Candidates that are marked to contrast, and what was found of them. */
  readonly marked: readonly TokenId[];
  readonly contrast: Contrast | undefined;
  /** Whether a click on a candidate marks it. */
  readonly isChoosing: boolean;
  /** Keys that wait for the answer. */
  readonly queued: number;
  readonly tried: readonly PathNode[];
  readonly onGo: (path: readonly TokenId[]) => void;
  /** A step as its key takes it: at once, or after the answer that is on its way. */
  readonly onStep: (key: string) => void;
  readonly onNumbers: (numbers: Numbers) => void;
  readonly onParams: (params: SamplingParams) => void;
  readonly onFind: (query: string) => void;
  readonly onSelect: (id: TokenId) => void;
  /** Goes on with own text. @returns whether it is part of the path now */
  readonly onAppend: (text: string) => Promise<boolean>;
  readonly onMore: () => void;
  readonly onRetry: () => void;
  /** Lets clicks mark candidates; again, closes everything. */
  readonly onChoose: () => void;
  readonly onMark: (id: TokenId) => void;
  readonly onWhy: () => void;
  readonly onCloseContrast: () => void;
}
