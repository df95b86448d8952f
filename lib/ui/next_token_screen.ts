/** What the next-token screen shows, and the URL that restores it. */
import type { Problem } from "../lm/event.ts";
import type { NextToken } from "../lm/next.ts";
import type { NumericParam } from "../lm/params.ts";
import type { TokenId } from "../lm/token.ts";
import { type GenerationScreen, screenHref } from "./generation_screen.ts";

export interface NextTokenScreen {
  readonly screen: GenerationScreen;
  readonly path: readonly TokenId[];
  /** Absent when it could not be had; then `problem` says why. */
  readonly next: NextToken | undefined;
  readonly problem: Problem | undefined;
}

/** Params that say nothing about one position. */
export const WITHOUT: readonly NumericParam[] = ["maxTokens", "n"];

/** The form whose GET leads to another place; the params stand outside it. */
export const PLACE_FORM = "place";

/** Candidates of the first page, and of each further one. */
export const PAGE_SIZE = 50;

export function nextHref(screen: GenerationScreen, path: readonly TokenId[]): string {
  return path.length === 0 ? screenHref(screen) : `${screenHref(screen)}&path=${path.join()}`;
}

/** The path of a query: ids between commas. @throws {SyntaxError} naming what is no id */
export function parsePath(text: string | null): readonly TokenId[] {
  if (text === null || text === "") return [];
  return text.split(",").map((part) => {
    if (/^\d{1,15}$/.test(part)) return Number(part);
    throw new SyntaxError(`Cannot use path: it must be token ids between commas, got "${part.slice(0, 32)}"`);
  });
}
