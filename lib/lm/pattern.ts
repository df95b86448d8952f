/**
 * Patterns as a person writes them: `/snow(fall)?/`, with `i` at the end whatever their case. Of regular expressions they
 * are the part that every engine reads alike and in time that grows with the text alone; everything else is refused by name.
 *
 * Texts are UTF-16 units, and so is what a pattern compares: `.` is any of them but a line feed.
 */

/** Units from the first to the last, both included. */
export type Range = readonly [first: number, last: number];

export type PatternNode =
  | { readonly kind: "set"; readonly ranges: readonly Range[] }
  | { readonly kind: "start" | "end" }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly PatternNode[] }
  | { readonly kind: "repeat"; readonly part: PatternNode; readonly min: number; readonly max: number | undefined };

export interface Pattern {
  /** As it was written. */
  readonly text: string;
  /** Whether it is looked for in texts in lower case. */
  readonly isCaseless: boolean;
  readonly node: PatternNode;
}

/** A pattern that cannot be used, and why. */
export class PatternError extends SyntaxError {
  override readonly name = "PatternError";
}

export const LAST_UNIT = 0xffff;
const MOST_CHARACTERS = 200, MOST_TIMES = 100;
const DIGITS: readonly Range[] = [[48, 57]];
const WORD: readonly Range[] = [[48, 57], [65, 90], [95, 95], [97, 122]];
const SPACES: readonly Range[] = [[9, 10], [12, 13], [32, 32]];
const SETS: Readonly<Record<string, readonly Range[]>> = { d: DIGITS, w: WORD, s: SPACES };
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9 };
/** What finds everything, and takes no step to find. */
const NOTHING: PatternNode = { kind: "sequence", parts: [] };
/** Characters that mean something, and stand for themselves after a backslash. */
const MARKS = "\\^$.|?*+()[]{}/-";

/** @returns undefined for what is no pattern but a text. @throws {PatternError} for a pattern that cannot be used */
export function parsePattern(text: string): Pattern | undefined {
  const [, body, flag] = /^\/([\s\S]+)\/(i?)$/.exec(text) ?? [];
  if (body === undefined) return undefined;
  const isCaseless = flag === "i";
  return { text, isCaseless, node: new Parser(body, isCaseless).parse() };
}

/** The ranges that hold what others do not. */
export function complement(ranges: readonly Range[]): readonly Range[] {
  const left: Range[] = [];
  let next = 0;
  for (const [first, last] of ranges.toSorted(([one], [other]) => one - other)) {
    if (first > next) left.push([next, first - 1]);
    next = Math.max(next, last + 1);
  }
  if (next <= LAST_UNIT) left.push([next, LAST_UNIT]);
  return left;
}

class Parser {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(readonly body: string, readonly isCaseless: boolean) {
    this.#characters = [...body];
    if (body.length > MOST_CHARACTERS) this.#refuse(`it is longer than ${MOST_CHARACTERS} characters`);
  }

  parse(): PatternNode {
    const node = this.#choice();
    if (this.#at < this.#characters.length) this.#refuse('a ")" closes nothing');
    return node;
  }

  #choice(): PatternNode {
    const parts = [this.#sequence()];
    while (this.#takes("|")) parts.push(this.#sequence());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "choice", parts };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    for (let next = this.#next; next !== undefined && next !== "|" && next !== ")"; next = this.#next) {
      const part = this.#repeated(this.#atom());
      if (!isNothing(part)) parts.push(part);
    }
    return { kind: "sequence", parts };
  }

  #repeated(part: PatternNode): PatternNode {
    const times = this.#times();
    if (times === undefined) return part;
    if (this.#next !== undefined && "?*+".includes(this.#next)) this.#refuse('it repeats a repetition, as in "a*?"');
    // Subtle: repetitions of nothing within each other would take a step for each time, of which there is no bound.
    return isNothing(part) || times.max === 0 ? NOTHING : { kind: "repeat", part, ...times };
  }

  #times(): { readonly min: number; readonly max: number | undefined } | undefined {
    if (this.#takes("*")) return { min: 0, max: undefined };
    if (this.#takes("+")) return { min: 1, max: undefined };
    if (this.#takes("?")) return { min: 0, max: 1 };
    if (!this.#takes("{")) return undefined;
    const inside = this.#until("}"), [, least, comma, most] = /^(\d{1,3})(,?)(\d{0,3})$/.exec(inside) ?? [];
    if (least === undefined) this.#refuse(`"{${inside}}" is no number of times`);
    const min = Number(least), max = most !== "" ? Number(most) : comma === "," ? undefined : min;
    if (min > MOST_TIMES || (max ?? 0) > MOST_TIMES) this.#refuse(`it repeats more than ${MOST_TIMES} times`);
    if (max !== undefined && max < min) this.#refuse(`"{${inside}}" ends before it begins`);
    return { min, max };
  }

  #atom(): PatternNode {
    const character = this.#take();
    switch (character) {
      case "^":
        return { kind: "start" };
      case "$":
        return { kind: "end" };
      case ".":
        return { kind: "set", ranges: complement([[10, 10]]) };
      case "[":
        return { kind: "set", ranges: this.#class() };
      case "(":
        return this.#group();
      case "\\":
        return this.#escape();
      case "*":
      case "+":
      case "?":
      case "{":
        return this.#refuse(`"${character}" repeats nothing`);
      default:
        return this.#literal(character);
    }
  }

  #group(): PatternNode {
    if (this.#takes("?") && !this.#takes(":")) this.#refuse('groups that begin with "(?", "(?:" apart, are not known');
    const node = this.#choice();
    if (!this.#takes(")")) this.#refuse('a "(" is not closed');
    return node;
  }

  #escape(): PatternNode {
    return { kind: "set", ranges: this.#escapedSet(this.#take()) };
  }

  #escapedSet(character: string): readonly Range[] {
    const set = Object.hasOwn(SETS, character.toLowerCase()) ? SETS[character.toLowerCase()] : undefined;
    if (set !== undefined) return character === character.toLowerCase() ? set : complement(set);
    const control = Object.hasOwn(CONTROLS, character) ? CONTROLS[character] : undefined;
    if (control !== undefined) return [[control, control]];
    if (!MARKS.includes(character)) this.#refuse(`"\\${character}" is not known`);
    return [[character.charCodeAt(0), character.charCodeAt(0)]];
  }

  /** Subtle: a character beyond U+FFFF is two units, of which one alone is not to be repeated. */
  #literal(character: string): PatternNode {
    const text = this.isCaseless ? character.toLowerCase() : character;
    const parts = Array.from({ length: text.length }, (_, at): PatternNode => {
      const unit = text.charCodeAt(at);
      return { kind: "set", ranges: this.#folded([[unit, unit]]) };
    });
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "sequence", parts };
  }

  #class(): readonly Range[] {
    const isNegated = this.#takes("^"), ranges: Range[] = [];
    while (this.#next !== "]") ranges.push(...this.#span());
    this.#take();
    if (ranges.length === 0) this.#refuse('"[]" holds no character');
    return isNegated ? complement(ranges) : ranges;
  }

  /** A character of a class, a range of them, or a set. */
  #span(): readonly Range[] {
    const first = this.#member(), from = single(first);
    if (this.#next !== "-" || this.#characters[this.#at + 1] === "]") {
      // Subtle: `\W` holds the Kelvin sign, and not its lower case, which is a "k".
      return from === undefined ? first : this.#folded(first);
    }
    this.#take();
    const to = single(this.#member());
    if (from === undefined || to === undefined || to < from) {
      this.#refuse("a range of characters has no two ends in order");
    }
    return this.#folded([[from, to]]);
  }

  #member(): readonly Range[] {
    const character = this.#take();
    if (character === "\\") return this.#escapedSet(this.#take());
    if (character === "[") this.#refuse('"[" stands in a class: write "\\["');
    if (character.length > 1) this.#refuse(`"${character}" cannot stand in a class, as it is two units`);
    return [[character.charCodeAt(0), character.charCodeAt(0)]];
  }

  /** With what the characters are in lower case, where that is what they are compared with. */
  #folded(ranges: readonly Range[]): readonly Range[] {
    if (!this.isCaseless) return ranges;
    foldings ??= lowerUnits();
    const lower = foldings.filter(([unit]) => ranges.some(([first, last]) => first <= unit && unit <= last))
      .map(([, lower]): Range => [lower, lower]);
    return [...ranges, ...complement(complement(lower))];
  }

  get #next(): string | undefined {
    return this.#characters[this.#at];
  }

  #take(): string {
    return this.#characters[this.#at++] ?? this.#refuse("it ends too early");
  }

  #takes(character: string): boolean {
    if (this.#next !== character) return false;
    this.#at++;
    return true;
  }

  #until(end: string): string {
    let text = "";
    for (let next = this.#take(); next !== end; next = this.#take()) text += next;
    return text;
  }

  #refuse(why: string): never {
    throw new PatternError(`Cannot use the pattern /${this.body}/: ${why}`);
  }
}

/** Units and others that they stand for where case does not count; made once, when first needed. */
let foldings: readonly (readonly [unit: number, lower: number])[] | undefined;

function lowerUnits(): readonly (readonly [unit: number, lower: number])[] {
  const units = Array.from(
    { length: LAST_UNIT + 1 },
    (_, unit) => [unit, String.fromCharCode(unit).toLowerCase()] as const,
  );
  const lower = units.filter(([unit, text]) => text.length === 1 && text.charCodeAt(0) !== unit)
    .map(([unit, text]) => [unit, text.charCodeAt(0)] as const);
  // Subtle: the lower case of a capital sigma depends on whether it ends its word.
  const [capital, sigma, final] = [0x3a3, 0x3c3, 0x3c2];
  return [...lower, [capital, final], [sigma, final], [final, sigma]];
}

function isNothing(node: PatternNode): boolean {
  return node.kind === "sequence" && node.parts.length === 0;
}

function single([range, ...others]: readonly Range[]): number | undefined {
  return range === undefined || others.length > 0 || range[0] !== range[1] ? undefined : range[0];
}
