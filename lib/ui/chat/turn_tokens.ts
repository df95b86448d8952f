/** The tokens of a turn that came without steps: written by a person, or generated before the page was reloaded. */
import { detokenize } from "../../lm/detokenize.ts";
import type { Step } from "../../lm/event.ts";
import type { SamplingParams } from "../../lm/params.ts";
import type { Token, TokenId } from "../../lm/token.ts";
import { bodyOf, settingsOf } from "./chat_settings.ts";
import { CHAT_STRINGS as TEXT } from "./chat_strings.ts";
import { type Chat, type FoundSteps, type Settings, thread, type Turn, type TurnId } from "./chat_state.ts";
import { type ChatPrompt, fetchChatPrompt, streamRun } from "../generation_client.ts";
import { paramsToWire } from "../address/generation_screen.ts";

/** What the screen gives to find tokens with. */
export interface TurnFinder {
  /** Path of the component's API. */
  readonly api: string;
  readonly chat: () => Chat;
  readonly params: () => SamplingParams;
  /** What stands there now: for turns of which nobody kept what they came by. */
  readonly settings: () => Settings;
}

interface Walk {
  readonly turn: Turn;
  readonly ids: readonly TokenId[];
  readonly by: SamplingParams;
  readonly settings: Settings;
}

/** The steps in a turn's place along a path of ids, up to a length, by its own dice. @throws {ApiError} */
export async function stepsAlong(
  { api, chat }: Pick<TurnFinder, "api" | "chat">,
  { turn, ids, by, settings }: Walk,
  length: number,
  signal: AbortSignal,
): Promise<FoundSteps> {
  const { prefill = "", sequence = 0 } = turn.origin ?? {};
  const wanted = { params: paramsToWire({ ...by, n: 1, maxTokens: length, stop: [] }), path: ids };
  const asked = bodyOf(thread({ ...chat(), leaf: turn.parent }), prefill, settings);
  const body = { ...asked, ...wanted, first_sequence: sequence };
  const steps: Step[] = [];
  let promptIds: readonly TokenId[] = [];
  for await (const event of streamRun(`${api}/chat`, body, signal)) {
    if (event.type === "step") steps.push(event);
    else if (event.type === "prompt") promptIds = event.tokens.map(({ id }) => id);
  }
  return promptIds.length === 0 ? { steps } : { steps, promptIds };
}

/**
 * The steps of a turn that has none on this page; none when its tokens cannot be told, and what has come when `signal`
 * aborts. Undefined when the generator has other tokens under its ids now. @throws {ApiError}
 */
export async function stepsOfTurn(
  finder: TurnFinder,
  turn: Turn,
  signal: AbortSignal,
): Promise<FoundSteps | undefined> {
  const { api, chat, params } = finder;
  const kept = settingsOf(chat(), turn), settings = kept ?? finder.settings();
  const promptOf = (leaf: TurnId | undefined, prefill: string) =>
    fetchChatPrompt(`${api}/chat_prompt`, bodyOf(thread({ ...chat(), leaf }), prefill, settings), signal);
  if (turn.role === "user") return { steps: bareSteps(tokensOf(turn.text, await promptOf(turn.id, ""))) };
  const { origin, parent, text } = turn;
  const ids = origin?.ids ?? tokensAfter(await promptOf(parent, ""), await promptOf(parent, text)).map(({ id }) => id);
  if (ids.length === 0) return { steps: [] };
  const found = await stepsAlong(finder, { turn, ids, by: origin?.params ?? params(), settings }, ids.length, signal);
  if (found.steps.length === ids.length && !isTextOf(turn, found.steps)) return undefined;
  const steps = origin === undefined ? found.steps : found.steps.map(asDrawn);
  return { ...found, steps, ...(kept === undefined ? { askedUnder: settings } : {}) };
}

/** A server tells nothing of tokens that it is given; how they were drawn, nobody knows any more. */
function asDrawn(step: Step): Step {
  if (step.token.isUnnumbered !== true || step.draw.kind !== "forced") return step;
  return { ...step, draw: { kind: "remote" }, evidence: { kind: "unavailable", reason: TEXT.notToldAgain } };
}

/**
 * Whether a generated turn says what these tokens do: a stop text may have cut it, and a server may tell more tokens than
 * text.
 */
function isTextOf({ origin, text }: Turn, steps: readonly Step[]): boolean {
  return origin === undefined || (origin.prefill + detokenize(steps.map(({ token }) => token))).includes(text);
}

/** Steps that only say which tokens there are. */
function bareSteps(tokens: readonly Token[]): readonly Step[] {
  return tokens.map((token, position) => ({
    sequence: 0,
    position,
    token,
    top: [],
    processors: [],
    draw: { kind: "forced" },
  }));
}

/** The tokens of the prompt in which the last occurrence of a text stands; none when it does not stand there as it is. */
export function tokensOf(text: string, { prompt, tokens = [] }: ChatPrompt): readonly Token[] {
  const at = prompt.text.lastIndexOf(text);
  if (at < 0) return [];
  const start = sizeOf(prompt.text.slice(0, at)), end = start + sizeOf(text);
  const whole = sizeOf(prompt.text);
  // Subtle: a special token stands for its name in the text; one that the tokenizer put in stands for nothing there.
  const sizes = tokens.map((token) => token.special === true ? sizeOf(token.text) : token.bytes.length);
  let place = whole - sizes.reduce((sum, size) => sum + size, 0);
  return tokens.filter((_, index) => {
    const from = place;
    place += sizes[index] ?? 0;
    return place > start && from < end;
  });
}

/** What follows the tokens that both prompts begin with. */
function tokensAfter({ tokens: before = [] }: ChatPrompt, { tokens = [] }: ChatPrompt): readonly Token[] {
  const part = before.findIndex(({ id }, index) => id !== tokens[index]?.id);
  return tokens.slice(part < 0 ? before.length : part);
}

function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
