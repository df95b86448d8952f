/** What a key means on the next-token screen. Pure; the island does it. */
import type { Candidate } from "../../lm/event.ts";
import type { NextToken } from "../../lm/next.ts";
import type { SamplingParams } from "../../lm/params.ts";
import type { TokenId } from "../../lm/token.ts";
import { withBan, withNudge } from "../address/bias_text.ts";

export type StepCommand =
  | { readonly kind: "go"; readonly path: readonly TokenId[] }
  /** The next or previous one that was tried in the last token's place. */
  | { readonly kind: "beside"; readonly by: -1 | 1 }
  | { readonly kind: "params"; readonly params: SamplingParams }
  | { readonly kind: "preview"; readonly id: TokenId }
  /** Marks a candidate to contrast with another one, or takes the mark away. */
  | { readonly kind: "mark"; readonly id: TokenId }
  /** What the prompt's fields add to the marked candidates, or to the one in focus. */
  | { readonly kind: "why"; readonly focused: TokenId | undefined }
  /** The next way of writing probabilities. */
  | { readonly kind: "numbers" }
  /** Whatever is open, and the marks. */
  | { readonly kind: "close" }
  | { readonly kind: "find" };

interface StepPlace {
  readonly params: SamplingParams;
  readonly path: readonly TokenId[];
  readonly next: NextToken | undefined;
  /** By rank. */
  readonly candidates: readonly Candidate[];
  /** The candidate that has the focus. */
  readonly focused: TokenId | undefined;
  /** Whether a look ahead or a contrast is open, or a candidate marked for one. */
  readonly isOpen: boolean;
}

/** Whether a key's step begins where another one leads, so that it waits for that one's answer. */
export function isStepKey(key: string): boolean {
  return /^[1-9st[\]]$|^Arrow(Right|Left)$|^Backspace$/.test(key);
}

/** Undefined for a key that means nothing here. */
export function commandOf(
  key: string,
  { params, path, next, candidates, focused, isOpen }: StepPlace,
): StepCommand | undefined {
  // Subtle: where the place that was asked for did not come, the candidates are still those of the place before.
  const listedAt = next?.path.map(({ id }) => id) ?? path;
  const take = (id: TokenId | undefined) =>
    id === undefined ? undefined : { kind: "go", path: [...listedAt, id] } as const;
  if (/^[1-9]$/.test(key)) return take(candidates[Number(key) - 1]?.token.id);
  switch (key) {
    case "Backspace":
    case "ArrowLeft":
      return path.length > 0 ? { kind: "go", path: path.slice(0, -1) } : undefined;
    case "ArrowRight":
      // A list that begins further down does not tell it.
      return take(candidates.find(({ rank }) => rank === 1)?.token.id);
    case "s":
      return take(next?.step.token.id);
    case "t":
      return take(next?.target?.token.id);
    case "[":
      return { kind: "beside", by: -1 };
    case "]":
      return { kind: "beside", by: 1 };
    case "d":
      return { kind: "numbers" };
    case "w":
      return { kind: "why", focused };
    case "/":
    case "f":
      return { kind: "find" };
    case "Escape":
      return isOpen ? { kind: "close" } : undefined;
  }
  if (focused === undefined) return undefined;
  // A server's token that has no number of its vocabulary has no bias there either.
  const isUnnumbered = candidates.some(({ token }) => token.id === focused && token.isUnnumbered === true);
  return ofFocused(key, focused) ?? (isUnnumbered ? undefined : ofBias(key, params, focused));
}

function ofFocused(key: string, id: TokenId): StepCommand | undefined {
  if (key === " ") return { kind: "preview", id };
  return key === "x" ? { kind: "mark", id } : undefined;
}

function ofBias(key: string, params: SamplingParams, id: TokenId): StepCommand | undefined {
  switch (key) {
    case "b":
      return { kind: "params", params: withBan(params, id) };
    case "+":
      return { kind: "params", params: withNudge(params, id, 1) };
    case "-":
      return { kind: "params", params: withNudge(params, id, -1) };
    default:
      return undefined;
  }
}
