/**
 * Looks for a pattern in texts, each unit once: all ways through the pattern are followed side by side, a bit a step. What
 * a unit leads to is remembered, unless that becomes too much.
 *   Thompson: Regular Expression Search Algorithm (1968)
 */
import { type Pattern, PatternError, type PatternNode, type Range } from "./pattern.ts";

type Step =
  | { readonly kind: "set"; readonly ranges: readonly Range[]; readonly next: number }
  | { readonly kind: "start" | "end"; readonly next: number }
  | { readonly kind: "split"; nexts: readonly number[] }
  | { readonly kind: "found" };

/** Most steps of a pattern: with as many, a unit takes about a microsecond. */
const MOST_STEPS = 160;
/** Units whose sets are remembered, and ways from one place to the next. */
const MOST_UNITS = 2_000, MOST_WAYS = 5_000;
const WORD_BITS = 32;
/** What a unit takes whose way is not remembered, where one whose way is takes 1. */
const UNKNOWN_EFFORT = 16;

/** Where in a pattern a text may be, after its units so far. */
interface Place {
  readonly bits: Uint32Array;
  readonly isFound: boolean;
  /** By the next unit. */
  readonly after: Map<number, Place>;
}

/** How far a search has come. */
export interface PatternSearch {
  readonly text: string;
  /** Units that were looked at. */
  at: number;
  /** That this took by now. */
  effort: number;
  place: Place;
  /** In place of the place, once no more of those are remembered. */
  bits: Uint32Array | undefined;
}

export class PatternMatcher {
  readonly #program: Step[] = [{ kind: "found" }];
  /** Those that take a unit; the number of each is its bit. */
  readonly #sets: readonly Extract<Step, { kind: "set" }>[];
  /** Words of bits: one bit a set, one for "found", and one for "found if the text ends here". */
  readonly #words: number;
  /** Bits that are reached at the start of a text, at any other unit, and after each set. */
  readonly #atStart: Uint32Array;
  readonly #anywhere: Uint32Array;
  readonly #after: readonly Uint32Array[];
  /** By unit, the sets that it is of. */
  readonly #setsOf = new Map<number, Uint32Array>();
  /** By their bits. */
  readonly #places = new Map<string, Place>();
  readonly #start: Place;
  /** From one place to the next, that are remembered. */
  #ways = 0;

  /** @throws {PatternError} for a pattern with too many steps, which repetitions multiply */
  constructor(readonly pattern: Pattern) {
    const entry = this.#add(pattern.node, 0);
    this.#sets = this.#program.filter((step) => step.kind === "set");
    this.#words = Math.ceil((this.#sets.length + 2) / WORD_BITS);
    this.#atStart = this.#reach(entry, true);
    this.#anywhere = this.#reach(entry, false);
    this.#after = this.#sets.map(({ next }) => this.#reach(next, false));
    this.#start = this.#place(this.#atStart);
  }

  /** @param text in lower case where the pattern is caseless */
  isIn(text: string): boolean {
    return this.goOn(this.begin(text), Infinity) === true;
  }

  /** The same for a text that is looked at in parts. */
  begin(text: string): PatternSearch {
    return { text, at: 0, effort: 0, place: this.#start, bits: undefined };
  }

  /**
   * Looks at some units more.
   * @param most effort: so many units whose ways are remembered, or fewer whose ways are not
   * @returns whether the pattern is in the text; undefined while there is more to look at
   */
  goOn(search: PatternSearch, most: number): boolean | undefined {
    if (search.bits === undefined) {
      const isOver = this.#goKnownWays(search, most);
      if (isOver !== undefined || search.bits === undefined) return isOver;
    }
    return this.#goSideBySide(search, search.bits, most);
  }

  #goKnownWays(search: PatternSearch, most: number): boolean | undefined {
    const { text, at: start } = search, end = Math.min(text.length, start + most);
    let { at, place } = search;
    while (at < end && !place.isFound) {
      const unit = text.charCodeAt(at), next = place.after.get(unit) ?? this.#remember(place, unit);
      if (next === undefined) {
        search.bits = place.bits.slice();
        break;
      }
      place = next;
      at++;
    }
    search.place = place;
    search.at = at;
    search.effort += at - start;
    return this.#isIn(place.bits, at === text.length);
  }

  #goSideBySide(search: PatternSearch, bits: Uint32Array, most: number): boolean | undefined {
    const { text, at: start } = search, found = this.#sets.length;
    const end = Math.min(text.length, start + Math.ceil(most / UNKNOWN_EFFORT));
    let at = start, current = bits, next: Uint32Array = new Uint32Array(this.#words);
    for (; at < end && !has(current, found); at++) {
      this.#follow(current, text.charCodeAt(at), next);
      [current, next] = [next, current];
    }
    search.bits = current;
    search.at = at;
    search.effort += (at - start) * UNKNOWN_EFFORT;
    return this.#isIn(current, at === text.length);
  }

  #isIn(bits: Uint32Array, isEnd: boolean): boolean | undefined {
    if (has(bits, this.#sets.length)) return true;
    return isEnd ? has(bits, this.#sets.length + 1) : undefined;
  }

  /** @returns undefined where no more is remembered */
  #remember(place: Place, unit: number): Place | undefined {
    if (this.#ways >= MOST_WAYS) return undefined;
    this.#ways++;
    const bits = new Uint32Array(this.#words);
    this.#follow(place.bits, unit, bits);
    const next = this.#place(bits);
    place.after.set(unit, next);
    return next;
  }

  #place(bits: Uint32Array): Place {
    const key = bits.join(), known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = { bits, isFound: has(bits, this.#sets.length), after: new Map<number, Place>() };
    this.#places.set(key, place);
    return place;
  }

  /** Writes where a unit leads to from some bits. */
  #follow(from: Uint32Array, unit: number, to: Uint32Array): void {
    const sets = this.#setsAt(unit), words = this.#words;
    to.set(this.#anywhere); // It may begin at each unit.
    for (let word = 0; word < words; word++) {
      for (let bits = (from[word] ?? 0) & (sets[word] ?? 0); bits !== 0; bits &= bits - 1) {
        const set = word * WORD_BITS + WORD_BITS - 1 - Math.clz32(bits & -bits), after = this.#after[set];
        for (let other = 0; other < words; other++) to[other] = (to[other] ?? 0) | (after?.[other] ?? 0);
      }
    }
  }

  #setsAt(unit: number): Uint32Array {
    const known = this.#setsOf.get(unit);
    if (known !== undefined) return known;
    const bits = new Uint32Array(this.#words);
    for (const [set, { ranges }] of this.#sets.entries()) {
      if (ranges.some(([first, last]) => first <= unit && unit <= last)) add(bits, set);
    }
    if (this.#setsOf.size >= MOST_UNITS) this.#setsOf.clear();
    this.#setsOf.set(unit, bits);
    return bits;
  }

  /** What is reached from a step without a unit. */
  #reach(from: number, isStart: boolean): Uint32Array {
    const bits = new Uint32Array(this.#words);
    const here = this.#walk(from, isStart, false);
    for (const [set, step] of this.#sets.entries()) if (here.has(step)) add(bits, set);
    const found = this.#program[0];
    if (found !== undefined && here.has(found)) add(bits, this.#sets.length);
    if (found !== undefined && this.#walk(from, isStart, true).has(found)) add(bits, this.#sets.length + 1);
    return bits;
  }

  #walk(from: number, isStart: boolean, isEnd: boolean): ReadonlySet<Step> {
    const reached = new Set<number>([from]), steps = new Set<Step>();
    for (const at of reached) {
      const step = this.#program[at];
      if (step === undefined) continue;
      steps.add(step);
      if (step.kind === "split") { for (const next of step.nexts) reached.add(next); }
      if (step.kind === "start" && isStart || step.kind === "end" && isEnd) reached.add(step.next);
    }
    return steps;
  }

  /** @returns the first step of a node that goes on at `next` */
  #add(node: PatternNode, next: number): number {
    switch (node.kind) {
      case "set":
        return this.#push({ kind: "set", ranges: node.ranges, next });
      case "start":
      case "end":
        return this.#push({ kind: node.kind, next });
      case "sequence":
        return node.parts.reduceRight((after, part) => this.#add(part, after), next);
      case "choice":
        return this.#push({ kind: "split", nexts: node.parts.map((part) => this.#add(part, next)) });
      case "repeat":
        return this.#addRepeat(node, next);
    }
  }

  #addRepeat({ part, min, max }: Extract<PatternNode, { kind: "repeat" }>, next: number): number {
    let entry = next;
    if (max === undefined) {
      const loop: Extract<Step, { kind: "split" }> = { kind: "split", nexts: [] };
      entry = this.#push(loop);
      loop.nexts = [this.#add(part, entry), next];
    }
    for (let times = min; times < (max ?? 0); times++) {
      entry = this.#push({ kind: "split", nexts: [this.#add(part, entry), next] });
    }
    for (let times = 0; times < min; times++) entry = this.#add(part, entry);
    return entry;
  }

  #push(step: Step): number {
    if (this.#program.length < MOST_STEPS) return this.#program.push(step) - 1;
    throw new PatternError(`Cannot use the pattern ${this.pattern.text}: it has more than ${MOST_STEPS} steps`);
  }
}

/** Whether a text holds a pattern, in any case where the pattern says so. */
export function isMatch(text: string, matcher: PatternMatcher): boolean {
  return matcher.isIn(matcher.pattern.isCaseless ? text.toLowerCase() : text);
}

function add(bits: Uint32Array, bit: number): void {
  const word = Math.floor(bit / WORD_BITS);
  bits[word] = (bits[word] ?? 0) | (1 << bit % WORD_BITS);
}

function has(bits: Uint32Array, bit: number): boolean {
  return ((bits[Math.floor(bit / WORD_BITS)] ?? 0) & (1 << bit % WORD_BITS)) !== 0;
}
