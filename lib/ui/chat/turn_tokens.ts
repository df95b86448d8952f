/** The tokens of a turn that came without steps: written by a person, or generated before the page was reloaded. */
import type { Step } from "../../lm/event.ts";
import type { SamplingParams } from "../../lm/params.ts";
import type { Token, TokenId } from "../../lm/token.ts";
import { type Chat, thread, type Turn, type TurnId } from "./chat_state.ts";
import { type ChatPrompt, fetchChatPrompt, streamRun } from "../generation_client.ts";
import { paramsToWire } from "../address/generation_screen.ts";

/** What the screen gives to find tokens with. */
export interface TurnFinder {
  /** Path of the component's API. */
  readonly api: string;
  readonly chat: () => Chat;
  readonly params: () => SamplingParams;
  /** The request that goes on after these turns. */
  readonly bodyFor: (turns: readonly Turn[], prefill: string) => Readonly<Record<string, unknown>>;
}

/** Steps, and the tokens that stand before them where a server tells. */
type FoundSteps = Pick<Turn, "steps" | "promptIds">;

interface Walk {
  readonly turn: Turn;
  readonly ids: readonly TokenId[];
  readonly by: SamplingParams;
}

/** The steps in a turn's place along a path of ids, up to a length, by its own dice. @throws {ApiError} */
export async function stepsAlong(
  { api, chat, bodyFor }: TurnFinder,
  { turn, ids, by }: Walk,
  length: number,
  signal: AbortSignal,
): Promise<FoundSteps> {
  const { prefill = "", sequence = 0 } = turn.origin ?? {};
  const wanted = { params: paramsToWire({ ...by, n: 1, maxTokens: length, stop: [] }), path: ids };
  const body = { ...bodyFor(thread({ ...chat(), leaf: turn.parent }), prefill), ...wanted, first_sequence: sequence };
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
 * aborts. @throws {ApiError}
 */
export async function stepsOfTurn(finder: TurnFinder, turn: Turn, signal: AbortSignal): Promise<FoundSteps> {
  const { api, chat, bodyFor, params } = finder;
  const promptOf = (leaf: TurnId | undefined, prefill: string) =>
    fetchChatPrompt(`${api}/chat_prompt`, bodyFor(thread({ ...chat(), leaf }), prefill), signal);
  if (turn.role === "user") return { steps: bareSteps(tokensOf(turn.text, await promptOf(turn.id, ""))) };
  const { origin, parent, text } = turn;
  const ids = origin?.ids ?? tokensAfter(await promptOf(parent, ""), await promptOf(parent, text)).map(({ id }) => id);
  if (ids.length === 0) return { steps: [] };
  return await stepsAlong(finder, { turn, ids, by: origin?.params ?? params() }, ids.length, signal);
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
export function tokensAfter({ tokens: before = [] }: ChatPrompt, { tokens = [] }: ChatPrompt): readonly Token[] {
  const part = before.findIndex(({ id }, index) => id !== tokens[index]?.id);
  return tokens.slice(part < 0 ? before.length : part);
}

function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
