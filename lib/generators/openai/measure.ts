/** From what a server tells of one position to what the screens show of it, each number with its evidence. */
import type { Candidate, Step } from "../../lm/event.ts";
import { entropyBounds, type Evidence, unseenMass } from "../../lm/evidence.ts";
import type { GivenStep } from "./answer.ts";
import { isNameless, type TokenBook } from "./token_book.ts";

type Measured = Pick<Step, "token" | "logprob" | "rank" | "entropyNats" | "top" | "evidence">;
type Listed = Omit<Candidate, "rank">;

/** Two logprobs under one name that are further apart, in nats, are of two tokens. */
const SAME_WITHIN = 0.01;

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

/**
 * A token with its numbers; the chosen one stands among the candidates even where the server leaves it out.
 * Subtle: servers give several tokens one name. Each counts in the numbers; of those that a text can name one is shown.
 */
export function measure(
  given: GivenStep,
  { book, host, isTempered, asked, rank: counted, limit = Infinity }: MeasureOptions,
): Measured {
  const token = book.token(given.text, given.bytes);
  const listed = listOf(given, book);
  const seen = listed.length;
  const inList = chosenIn(listed, token, given.logprob);
  const logprob = given.logprob ?? inList?.logprob;
  const others = apart(listed.filter((each) => each !== inList), book);
  if (logprob === undefined) {
    return { ...unmeasured(token, `${host} gave no probability here`), top: shownOf(others, limit) };
  }
  const chosen: Listed = { token, logprob };
  const known = [chosen, ...others];
  const place = 1 + others.filter((each) => each.logprob > logprob).length;
  const rank = counted ?? place;
  // Some servers add the chosen token to the list: then it is none of the most probable, and may be anywhere below them.
  const isAdded = inList === undefined || rank > place || (asked !== undefined && seen > asked && place === seen);
  // No token outside the list is more probable than the last one in it; without a list nothing is known of the others.
  const mostProbable = isAdded ? others : known;
  const ceiling = mostProbable.length === 0 ? 0 : Math.min(...mostProbable.map((candidate) => candidate.logprob));
  const entropy = entropyBounds(known.map((candidate) => candidate.logprob), ceiling);
  const top = shownOf(known, limit, chosen);
  const evidence: Evidence = {
    kind: "bounded",
    reason: reasonOf(host, seen, isTempered),
    restMass: unseenMass(top.map((candidate) => candidate.logprob)),
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

/** The server's candidates, each once: the same name with the same logprob is the same token, unless it says nothing. */
function listOf(given: GivenStep, book: TokenBook): readonly Listed[] {
  const all = given.top.flatMap(({ text, bytes, logprob }) =>
    logprob === undefined ? [] : [{ token: book.token(text, bytes), logprob }]
  );
  return all.filter(({ token, logprob }, index) =>
    isNameless(token) || all.findIndex((each) => each.token.id === token.id && each.logprob === logprob) === index
  );
}

/** Which of the list the chosen token is: of several with its name the one with its logprob. */
function chosenIn(
  listed: readonly Listed[],
  { id }: Step["token"],
  logprob: number | undefined,
): Listed | undefined {
  const namesakes = listed.filter(({ token }) => token.id === id);
  if (logprob === undefined) {
    return namesakes.length === 1 ? namesakes.find(({ token }) => !isNameless(token)) : undefined;
  }
  const distance = (each: Listed) => Math.abs(each.logprob - logprob);
  const nearest = namesakes.toSorted((one, other) => distance(one) - distance(other))[0];
  return nearest !== undefined && distance(nearest) <= SAME_WITHIN ? nearest : undefined;
}

/** Those without a name of their own have ids of their own, so that each is shown. */
function apart(others: readonly Listed[], book: TokenBook): readonly Listed[] {
  return others.map((each, index) =>
    isNameless(each.token) ? { ...each, token: book.namesake(each.token, index) } : each
  );
}

/** By probability the first `limit`, of each name the most probable one; and the chosen one, whatever else has its name. */
function shownOf(known: readonly Listed[], limit: number, chosen?: Listed): readonly Candidate[] {
  const ranked = known.toSorted((one, other) => other.logprob - one.logprob);
  return ranked.flatMap((each, index) => {
    const isFirst = each.token.id !== chosen?.token.id &&
      ranked.findIndex(({ token }) => token.id === each.token.id) === index;
    return each === chosen || (isFirst && index < limit) ? [{ ...each, rank: index + 1 }] : [];
  });
}

function reasonOf(host: string, seen: number, isTempered: boolean | undefined): string {
  const which = isTempered === true ? "after temperature" : isTempered === false ? "before temperature" : "";
  const stage = which === "" ? "" : `, ${which}`;
  return seen === 0
    ? `${host} gave the chosen token's probability alone${stage}`
    : `${host} gave ${seen} ${seen === 1 ? "candidate" : "candidates"} of its vocabulary${stage}`;
}
