/** What the values of each field are like, and the conditions that a click on one of them makes. */
import { type Bound, type Condition, formatCondition, parseCondition } from "./condition.ts";
import { PatternError } from "../lm/pattern.ts";
import type { Bin, FieldStatistics, NumberStatistics, Statistics } from "./field_statistics.ts";

/** A value of a field, or a range of its numbers. Conditions are texts as `filter.` takes them; "" for none. */
export interface Facet {
  readonly count: number;
  /** Whether the field's condition names it, to keep it or to leave it out. */
  readonly state?: "kept" | "left out";
  /** This alone; undone where it is alone already. */
  readonly only: string;
  /** This beside what is kept; undone where it is among that. */
  readonly add: string;
}

export interface ValueFacet extends Facet {
  readonly text: string;
  /** All but this; undone where it is left out already. */
  readonly exclude: string;
}

export interface RangeFacet extends Facet {
  readonly from: number;
  readonly to: number;
}

export interface FieldFacets extends Pick<FieldStatistics, "field" | "present" | "distinct" | "length"> {
  readonly numbers?: Omit<NumberStatistics, "bins">;
  /** The most frequent values; none where ranges say more. */
  readonly values: readonly ValueFacet[];
  readonly ranges: readonly RangeFacet[];
}

/** @param filter field → condition, as a text */
export function facetsOf({ fields }: Statistics, filter: Readonly<Record<string, string>>): readonly FieldFacets[] {
  return fields.map(({ field, present, distinct, length, numbers, top }) => {
    const condition = Object.hasOwn(filter, field) ? readCondition(filter[field] ?? "") : undefined;
    const bins = numbers?.bins ?? [];
    // A few numbers again and again are names of kinds, rather than amounts.
    const isKind = top.length === distinct;
    return {
      field,
      present,
      ...(distinct === undefined ? {} : { distinct }),
      length,
      ...(numbers === undefined ? {} : { numbers }),
      values: isKind || bins.length === 0 ? top.map(({ text, count }) => valueFacet(text, count, condition)) : [],
      ranges: isKind ? [] : bins.map((bin) => rangeFacet(bin, condition)),
    };
  });
}

/** Undefined for one that cannot be used: who asks for the rows is told why, and what values there are stays the same. */
function readCondition(text: string): Condition | undefined {
  try {
    return parseCondition(text);
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}

function valueFacet(text: string, count: number, condition: Condition | undefined): ValueFacet {
  const kept = condition?.kind === "in" ? condition.texts : [];
  const leftOut = condition?.kind === "notIn" ? condition.texts : [];
  const isKept = kept.includes(text), isLeftOut = leftOut.includes(text);
  return {
    text,
    count,
    ...(isKept ? { state: "kept" } : isLeftOut ? { state: "left out" } : {}),
    only: isKept && kept.length === 1 ? "" : formatCondition({ kind: "in", texts: [text] }),
    add: toggled("in", kept, text),
    exclude: toggled("notIn", leftOut, text),
  };
}

function toggled(kind: "in" | "notIn", texts: readonly string[], text: string): string {
  const others = texts.filter((each) => each !== text);
  if (others.length === texts.length) return formatCondition({ kind, texts: [...texts, text] });
  return others.length === 0 ? "" : formatCondition({ kind, texts: others });
}

function rangeFacet({ from, to, count }: Bin, condition: Condition | undefined): RangeFacet {
  const bounds = condition?.kind === "number" ? condition.bounds : [];
  const lower = bounds.filter(({ mark }) => mark.startsWith(">")),
    upper = bounds.filter(({ mark }) => mark.startsWith("<"));
  const isKept = bounds.length > 0 && lower.every(({ number }) => from >= number) &&
    upper.every(({ number }) => to <= number);
  const only = range(from, to);
  const isAlone = isKept && condition?.kind === "number" && formatCondition(condition) === only;
  return {
    from,
    to,
    count,
    ...(isKept ? { state: "kept" } : {}),
    only: isAlone ? "" : only,
    // Ranges are kept as one, with what lies between them.
    add: lower.length > 0 && upper.length > 0 && !isKept
      ? range(Math.min(from, numberOf(lower)), Math.max(to, numberOf(upper)))
      : only,
  };
}

function range(from: number, to: number): string {
  return formatCondition({ kind: "number", bounds: [{ mark: ">=", number: from }, { mark: "<", number: to }] });
}

function numberOf([bound]: readonly Bound[]): number {
  return bound?.number ?? NaN;
}
