/**
 * Looks for a pattern in texts, each unit once: all ways through the pattern are followed side by side, and what was
 * followed once is remembered.
 *   Thompson: Regular Expression Search Algorithm (1968)
 */
import { type Pattern, PatternError, type PatternNode, type Range } from "./pattern.ts";

type Step =
  | { readonly kind: "set"; readonly ranges: readonly Range[]; readonly next: number }
  | { readonly kind: "start" | "end"; readonly next: number }
  | { readonly kind: "split"; nexts: readonly number[] }
  | { readonly kind: "found" };

/** Where in a pattern a text may be, after its units so far. */
interface Place {
  /** The sets that the next unit may be of. */
  readonly steps: readonly Extract<Step, { kind: "set" }>[];
  /** Whether the pattern was found already, or is if the text ends here. */
  readonly isFound: boolean;
  readonly isFoundAtEnd: boolean;
  /** By the next unit. */
  readonly after: Map<number, Place>;
}

/** Most steps of a pattern, and ways from one place to another that are remembered. */
const MOST_STEPS = 250, MOST_WAYS = 20_000;

export class PatternMatcher {
  readonly #program: Step[] = [{ kind: "found" }];
  readonly #entry: number;
  readonly #start: Place;
  /** By their steps. */
  readonly #places = new Map<string, Place>();
  /** Ways that are remembered. */
  #ways = 0;

  /** @throws {PatternError} for a pattern with too many steps, which repetitions multiply */
  constructor(readonly pattern: Pattern) {
    this.#entry = this.#add(pattern.node, 0);
    this.#start = this.#place([this.#entry], true);
  }

  /** @param text in lower case where the pattern is caseless */
  isIn(text: string): boolean {
    let place = this.#start;
    for (let at = 0; at < text.length && !place.isFound; at++) {
      const unit = text.charCodeAt(at);
      place = place.after.get(unit) ?? this.#follow(place, unit);
    }
    return place.isFound || place.isFoundAtEnd;
  }

  #follow(place: Place, unit: number): Place {
    const nexts = place.steps.filter(({ ranges }) => ranges.some(([first, last]) => first <= unit && unit <= last));
    // It may begin at each unit.
    const next = this.#place([...nexts.map(({ next }) => next), this.#entry], false);
    if (++this.#ways > MOST_WAYS) this.#forget();
    place.after.set(unit, next);
    return next;
  }

  #place(from: readonly number[], isStart: boolean): Place {
    const reached = this.#reach(from, isStart, false), key = `${isStart} ${[...reached].sort((a, b) => a - b)}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const steps = [...reached].map((at) => this.#program[at]);
    const place: Place = {
      steps: steps.filter((step) => step?.kind === "set"),
      isFound: reached.has(0),
      isFoundAtEnd: this.#reach(from, isStart, true).has(0),
      after: new Map(),
    };
    this.#places.set(key, place);
    return place;
  }

  /** Subtle: places lead to each other, so all of them are forgotten; a text that is looked at goes on from its own. */
  #forget(): void {
    for (const { after } of [this.#start, ...this.#places.values()]) after.clear();
    this.#places.clear();
    this.#ways = 0;
  }

  /** The steps that are reached without a unit. */
  #reach(from: readonly number[], isStart: boolean, isEnd: boolean): ReadonlySet<number> {
    const reached = new Set(from);
    for (const at of reached) {
      const step = this.#program[at];
      if (step?.kind === "split") { for (const next of step.nexts) reached.add(next); }
      if (step?.kind === "start" && isStart || step?.kind === "end" && isEnd) reached.add(step.next);
    }
    return reached;
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
