/** From what a server tells of one position to what the screens show of it, each number with its evidence. */
import type { Candidate, Step } from "../../lm/event.ts";
import { entropyBounds, type Evidence, unseenMass } from "../../lm/evidence.ts";
import type { GivenStep } from "./answer.ts";
import type { TokenBook } from "./token_book.ts";

type Measured = Pick<Step, "token" | "logprob" | "rank" | "entropyNats" | "top" | "evidence">;

export interface MeasureOptions {
  readonly book: TokenBook;
  /** The server, as a reason names it. */
  readonly host: string;
  /** True when the server's logprobs are those after temperature. */
  readonly isTempered?: boolean | undefined;
  /** Candidates that the server was asked for. */
  readonly asked?: number | undefined;
  /** The chosen token's rank, where the server counts. */
  readonly rank?: number | undefined;
  /** Candidates to show. */
  readonly limit?: number;
}

/** A token with its numbers; the chosen one stands among the candidates even where the server leaves it out. */
export function measure(
  given: GivenStep,
  { book, host, isTempered, asked, rank: counted, limit = Infinity }: MeasureOptions,
): Measured {
  const token = book.token(given.text, given.bytes);
  const known = new Map<number, Candidate>();
  const add = (candidate: Omit<Candidate, "rank">) => {
    if (!known.has(candidate.token.id)) known.set(candidate.token.id, { ...candidate, rank: 0 });
  };
  for (const { text, bytes, logprob } of given.top) {
    if (logprob !== undefined) add({ token: book.token(text, bytes), logprob });
  }
  const seen = known.size;
  const isInTop = known.has(token.id);
  const logprob = known.get(token.id)?.logprob ?? given.logprob;
  if (logprob === undefined) {
    return { ...unmeasured(token, `${host} gave no probability here`), top: ranked(known, limit) };
  }
  add({ token, logprob });
  const top = ranked(known, limit, token.id);
  const place = top.find((candidate) => candidate.token.id === token.id)?.rank ?? 1;
  const rank = counted ?? place;
  // Some servers add the chosen token to the list: then it is none of the most probable, and may be anywhere below them.
  const isAdded = !isInTop || rank > place || (asked !== undefined && seen > asked && place === seen);
  const logprobs = [...known.values()].map((candidate) => candidate.logprob);
  // No token outside the list is more probable than the last one in it; without a list nothing is known of the others.
  const listed = [...known.values()].filter((candidate) => !isAdded || candidate.token.id !== token.id);
  const ceiling = listed.length === 0 ? 0 : Math.min(...listed.map((candidate) => candidate.logprob));
  const entropy = entropyBounds(logprobs, ceiling);
  const shown = top.map((candidate) => candidate.logprob);
  const evidence: Evidence = {
    kind: "bounded",
    reason: reasonOf(host, seen, isTempered),
    restMass: unseenMass(shown),
    entropyNats: entropy,
    ...(isAdded && counted === undefined ? { isRankLeast: true } : {}),
  };
  const own = (candidate: Candidate) => candidate.token.id === token.id ? { ...candidate, rank } : candidate;
  return { token, logprob, rank, entropyNats: entropy.low, top: top.map(own), evidence };
}

/** A token, or a piece of text, of which nothing else is known. */
export function unmeasured(token: Step["token"], reason: string): Measured {
  return { token, top: [], evidence: { kind: "unavailable", reason } };
}

/** By probability; the first `limit` of them, and the chosen one. */
function ranked(known: ReadonlyMap<number, Candidate>, limit: number, chosen?: number): readonly Candidate[] {
  return [...known.values()].toSorted((one, other) => other.logprob - one.logprob)
    .map((candidate, index) => ({ ...candidate, rank: index + 1 }))
    .filter(({ rank, token }) => rank <= limit || token.id === chosen);
}

function reasonOf(host: string, seen: number, isTempered: boolean | undefined): string {
  const which = isTempered === true ? "after temperature" : isTempered === false ? "before temperature" : "";
  const stage = which === "" ? "" : `, ${which}`;
  return seen === 0
    ? `${host} gave the chosen token's probability alone${stage}`
    : `${host} gave ${seen} ${seen === 1 ? "candidate" : "candidates"} of its vocabulary${stage}`;
}
