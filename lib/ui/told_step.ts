/** What a server told of a step: nobody can tell it again, so that it is kept. The rest of a step is made anew from it. */
import * as v from "valibot";
import type { Step } from "../lm/event.ts";
import type { Token } from "../lm/token.ts";
import { wholeSchema } from "./exported_json.ts";

/** Without the token and the candidates: each kind of file writes them in its own way. */
export interface Told extends Pick<Step, "logprob" | "rank" | "entropyNats" | "evidence"> {
  /** True for a token that the server was given. */
  readonly isForced?: boolean;
}

const encoder = new TextEncoder();
const intervalSchema = v.object({ low: v.number(), high: v.exactOptional(v.number()) });

/** −∞ is null in JSON. */
export const logprobSchema = v.pipe(v.nullable(v.number()), v.transform((value) => value ?? -Infinity));

export const tokenSchema = v.pipe(
  v.object({
    id: wholeSchema,
    text: v.string(),
    /** Absent where they are those of the text. */
    bytes: v.exactOptional(v.array(v.pipe(wholeSchema, v.maxValue(255)))),
    special: v.exactOptional(v.boolean()),
    isUnnumbered: v.exactOptional(v.boolean()),
  }),
  v.transform((token): Token => ({ ...token, bytes: token.bytes ?? [...encoder.encode(token.text)] })),
);

/** The fields of `Told`. */
export const toldEntries = {
  logprob: v.exactOptional(logprobSchema),
  rank: v.exactOptional(wholeSchema),
  entropyNats: v.exactOptional(v.number()),
  evidence: v.exactOptional(v.object({
    kind: v.picklist(["bounded", "unavailable"]),
    reason: v.string(),
    restMass: v.exactOptional(intervalSchema),
    entropyNats: v.exactOptional(intervalSchema),
    isRankLeast: v.exactOptional(v.boolean()),
  })),
  isForced: v.exactOptional(v.boolean()),
};

/** Whether a server drew any of the steps. */
export function areTold(steps: readonly Step[]): boolean {
  return steps.some(({ draw }) => draw.kind === "remote");
}

export function toldOf({ logprob, rank, entropyNats, evidence, draw }: Step): Told {
  return {
    ...(logprob === undefined ? {} : { logprob }),
    ...(rank === undefined ? {} : { rank }),
    ...(entropyNats === undefined ? {} : { entropyNats }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(draw.kind === "forced" ? { isForced: true } : {}),
  };
}

/** What `toldOf` leaves of a step, as a part of one. */
export function measuredBy({ isForced, ...told }: Told): Omit<Told, "isForced"> & Pick<Step, "processors" | "draw"> {
  return { ...told, processors: [], draw: { kind: isForced === true ? "forced" : "remote" } };
}

/** A token without its bytes, where its text tells them as well. */
export function lean<T extends { readonly text: string; readonly bytes: readonly unknown[] }>(
  token: T,
): T | Omit<T, "bytes"> {
  const own = encoder.encode(token.text);
  const { bytes, ...rest } = token;
  return own.length === bytes.length && own.every((byte, index) => byte === bytes[index]) ? rest : token;
}
