/** A pattern as the database's engine (RE2) reads it, over texts that `toCodePoints` made. */
import { LAST_UNIT, type PatternNode, type Range } from "../../lm/pattern.ts";
import { FIRST_SURROGATE, MOVED_TO } from "./code_units.ts";

/** A class that holds no character: an empty one cannot be written. */
const NOTHING = "[^\\x{0}-\\x{10ffff}]";

/** @example re2Text of "a+" is "(?:[\x{61}-\x{61}])+" */
export function re2Text(node: PatternNode): string {
  switch (node.kind) {
    case "set":
      if (node.ranges.length === 0) return NOTHING;
      return `[${node.ranges.flatMap(movedRanges).map(([first, last]) => `${hex(first)}-${hex(last)}`).join("")}]`;
    case "start":
      return "\\A";
    case "end":
      return "\\z";
    case "sequence":
      return node.parts.map(re2Text).join("");
    case "choice":
      return `(?:${node.parts.map(re2Text).join("|")})`;
    case "repeat":
      return `(?:${re2Text(node.part)}){${node.min},${node.max ?? ""}}`;
  }
}

/** Units below the surrogates stay where they are, the others move above all of them. */
function movedRanges([first, last]: Range): readonly Range[] {
  const by = MOVED_TO - FIRST_SURROGATE, ranges: Range[] = [];
  if (first < FIRST_SURROGATE) ranges.push([first, Math.min(last, FIRST_SURROGATE - 1)]);
  if (last >= FIRST_SURROGATE) ranges.push([Math.max(first, FIRST_SURROGATE) + by, Math.min(last, LAST_UNIT) + by]);
  return ranges;
}

function hex(point: number): string {
  return `\\x{${point.toString(16)}}`;
}
