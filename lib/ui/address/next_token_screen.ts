/** What the next-token screen shows, and the URL that restores it. */
import type { Problem } from "../../lm/event.ts";
import type { NextToken } from "../../lm/next.ts";
import type { NumericParam } from "../../lm/params.ts";
import type { TokenId } from "../../lm/token.ts";
import { type GenerationScreen, screenHref, type ScreenPlace } from "./generation_screen.ts";
import { NUMBERS, type Numbers } from "./probability_column.ts";

/** A screen, and how its columns write probabilities. */
export interface SteppedScreen extends GenerationScreen {
  readonly numbers: Numbers;
}

export interface NextTokenScreen {
  readonly screen: SteppedScreen;
  readonly path: readonly TokenId[];
  readonly view: NextView;
  /** Absent when it could not be had; then `problem` says why. */
  readonly next: NextToken | undefined;
  readonly problem: Problem | undefined;
}

/** What of the distribution is looked at. */
export interface NextView {
  /** Candidates before the first one shown. */
  readonly from: number;
  /** What is looked for in the vocabulary; "" for nothing. */
  readonly find: string;
  /** The candidate that is selected. */
  readonly selected: TokenId | undefined;
}

export const WHOLE_VIEW: NextView = { from: 0, find: "", selected: undefined };

/** Params that say nothing about one position. */
export const WITHOUT: readonly NumericParam[] = ["maxTokens", "n"];

/** The form whose GET leads to another place; the params stand outside it. */
export const PLACE_FORM = "place";

/** Candidates of the first page, and of each further one. */
export const PAGE_SIZE = 50;

/**
 * Longest address that another screen leads to, of the 16,384 characters that a request takes: the server's name and tokens
 * that are chosen there have room beside it.
 */
export const STEP_ADDRESS_CHARACTERS = 15_000;

/** The address after chosen tokens; undefined where it is too long. */
export function stepHref(screen: ScreenPlace, before: readonly TokenId[]): string | undefined {
  const href = nextHref(screen, before);
  return href.length > STEP_ADDRESS_CHARACTERS ? undefined : href;
}

/** @param screen its `numbers` are absent where another screen leads here */
export function nextHref(
  screen: ScreenPlace & Partial<Pick<SteppedScreen, "numbers">>,
  path: readonly TokenId[],
  { from, find, selected }: NextView = WHOLE_VIEW,
): string {
  const more = new URLSearchParams();
  for (const [name, value] of numbersEntries(screen.numbers)) more.set(name, value);
  if (from > 0) more.set("from", String(from));
  if (find !== "") more.set("find", find);
  if (selected !== undefined) more.set("sel", String(selected));
  const place = path.length === 0 ? screenHref(screen) : `${screenHref(screen)}&path=${path.join()}`;
  return more.size === 0 ? place : `${place}&${more}`;
}

/** What an address keeps of the way in which probabilities are written. */
export function numbersEntries(numbers: Numbers = "p"): readonly (readonly [name: string, value: string])[] {
  return numbers === "p" ? [] : [["numbers", numbers]];
}

export function parseNumbers(query: URLSearchParams): Numbers {
  return NUMBERS.find((name) => name === query.get("numbers")) ?? "p";
}

/** What a query says of the view; what it says wrongly is left out. */
export function parseView(query: URLSearchParams): NextView {
  const whole = (name: string) => /^\d{1,15}$/.test(query.get(name) ?? "") ? Number(query.get(name)) : undefined;
  return { from: whole("from") ?? 0, find: (query.get("find") ?? "").slice(0, FIND_LIMIT), selected: whole("sel") };
}

/** Characters of what is looked for, as the API takes them. */
const FIND_LIMIT = 200;

/** The path of a query: ids between commas. @throws {SyntaxError} naming what is no id */
export function parsePath(text: string | null): readonly TokenId[] {
  if (text === null || text === "") return [];
  return text.split(",").map((part) => {
    if (/^\d{1,15}$/.test(part)) return Number(part);
    throw new SyntaxError(`Cannot use path: it must be token ids between commas, got "${part.slice(0, 32)}"`);
  });
}
