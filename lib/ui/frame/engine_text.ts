/** What a generator runs on, in words. */
import type { GeneratorFacts } from "../../generators/generator.ts";
import { count } from "../number_format.ts";
import { PAGE_STRINGS as TEXT } from "./page_strings.ts";

/** @example "fp32 · cpu · native", or "4.08M · int8 · cpu · native (moves its numbers by …)" */
export function engineText({ parameters, precision, precisionNote, device, driver }: GeneratorFacts): string {
  const size = parameters === undefined ? undefined : short(parameters);
  const engine = [size, precision, device, driver].filter((part) => part !== undefined).join(" · ");
  return precisionNote === undefined ? engine : `${engine} (${precisionNote})`;
}

/** What else is known of it; "" for nothing. @example "window 512" */
export function engineDetail({ contextWindow }: GeneratorFacts): string {
  return contextWindow === undefined ? "" : TEXT.engineWindow(count(contextWindow));
}

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** 4,084,736 as 4.08M. */
function short(value: number): string {
  return compact.format(value);
}
