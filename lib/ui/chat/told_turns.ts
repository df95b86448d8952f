/**
 * The steps of answers that a server wrote, as a chat's file holds them. A token is a candidate again and again, so that it
 * stands in the file once, in a list of its own, and steps name it by its place there. Pure.
 */
import * as v from "valibot";
import type { Step } from "../../lm/event.ts";
import type { Token } from "../../lm/token.ts";
import { wholeSchema } from "../exported_json.ts";
import { areTold, lean, logprobSchema, measuredBy, tokenSchema, type Told, toldEntries, toldOf } from "../told_step.ts";
import type { Turn, TurnId } from "./chat_state.ts";

interface ToldStep extends Told {
  readonly token: number;
  readonly top: readonly (readonly [token: number, logprob: number, rank: number])[];
}

export interface ToldTurns {
  readonly tokens: readonly (Token | Omit<Token, "bytes">)[];
  readonly steps: ReadonlyMap<TurnId, readonly ToldStep[]>;
}

const toldSchema = v.array(v.object({
  ...toldEntries,
  token: wholeSchema,
  top: v.array(v.tuple([wholeSchema, logprobSchema, wholeSchema])),
}));

/**
 * What servers told of the turns that have ended.
 * @param room characters that it may take; the latest turns come first
 */
export function toldTurns(turns: readonly Turn[], room: number): ToldTurns {
  const places = new Map<string, number>();
  const tokens: ToldTurns["tokens"][number][] = [];
  const steps = new Map<TurnId, readonly ToldStep[]>();
  const placeOf = (token: Token): number => {
    const name = `${token.id} ${token.text}`, place = places.get(name) ?? tokens.length;
    if (place === tokens.length) tokens.push(lean(token));
    places.set(name, place);
    return place;
  };
  let left = room;
  for (const { id, reason, steps: own } of turns.toReversed()) {
    if (reason === undefined || !areTold(own)) continue;
    const known = tokens.length;
    const told = own.map((step): ToldStep => ({
      ...toldOf(step),
      token: placeOf(step.token),
      top: step.top.map(({ token, logprob, rank }) => [placeOf(token), logprob, rank]),
    }));
    left -= JSON.stringify([told, tokens.slice(known)]).length;
    if (left < 0) return { tokens: tokens.slice(0, known), steps };
    steps.set(id, told);
  }
  return { tokens, steps };
}

/** The tokens that a file's steps name; none where they cannot be read: the turns stand without their steps. */
export function readTokens(value: unknown): readonly Token[] {
  const parsed = v.safeParse(v.array(tokenSchema), value);
  return parsed.success ? parsed.output : [];
}

/** The steps of a file's turn; none where there are none or they cannot be read. */
export function readSteps(value: unknown, tokens: readonly Token[], sequence: number): readonly Step[] {
  const parsed = v.safeParse(toldSchema, value);
  if (!parsed.success) return [];
  const steps: Step[] = [];
  for (const [position, { token: place, top, ...told }] of parsed.output.entries()) {
    const token = tokens[place];
    const candidates = top.flatMap(([at, logprob, rank]) => {
      const candidate = tokens[at];
      return candidate === undefined ? [] : [{ token: candidate, logprob, rank }];
    });
    if (token === undefined || candidates.length < top.length) return [];
    steps.push({ sequence, position, token, top: candidates, ...measuredBy(told) });
  }
  return steps;
}
