/** The steps of answers that a server wrote, as a chat's file holds them: they name their tokens by places in a list. Pure. */
import * as v from "valibot";
import type { Step } from "../../lm/event.ts";
import type { Token } from "../../lm/token.ts";
import { wholeSchema } from "../exported_json.ts";
import { areTold, measuredBy, type Told, toldEntries, toldOf } from "../told_step.ts";
import { type PlacedCandidate, placedSchema, TokenTable } from "../token_table.ts";
import type { Turn, TurnId } from "./chat_state.ts";

interface ToldStep extends Told {
  readonly token: number;
  readonly top: readonly PlacedCandidate[];
}

export interface ToldTurns {
  readonly tokens: TokenTable["tokens"];
  readonly steps: ReadonlyMap<TurnId, readonly ToldStep[]>;
}

const toldSchema = v.array(v.object({
  ...toldEntries,
  token: wholeSchema,
  top: v.array(placedSchema),
}));

/**
 * What servers told of the turns that have ended.
 * @param room characters that it may take; the latest turns come first
 */
export function toldTurns(turns: readonly Turn[], room: number): ToldTurns {
  const table = new TokenTable();
  const steps = new Map<TurnId, readonly ToldStep[]>();
  let left = room;
  for (const { id, reason, steps: own } of turns.toReversed()) {
    if (reason === undefined || !areTold(own)) continue;
    const known = table.tokens.length;
    const told = own.map((step): ToldStep => ({
      ...toldOf(step),
      token: table.placeOf(step.token),
      top: table.placed(step.top),
    }));
    left -= JSON.stringify([told, table.tokens.slice(known)]).length;
    if (left < 0) {
      table.cutTo(known);
      break;
    }
    steps.set(id, told);
  }
  return { tokens: table.tokens, steps };
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
