/** A prompt of one's own, in place of a sample's: how addresses and forms hold it. */
import { asFormsSend } from "../../lm/form_text.ts";
import { fingerprint } from "../fingerprint.ts";

/** Its name in an address, where it stands as it is. */
export const OWN_PROMPT = "prompt";
/** Its name in a form: of a text area, whose line ends a browser changes, and of a hidden field, as JSON without any. */
export const PROMPT_TEXT = "prompt.text", PROMPT_JSON = "prompt.json";
/** Under which a form names what its prompt was shown for, as another sample may be chosen in it. */
export const PROMPT_OF = "prompt.of";
/** What an address says where the prompt is being written. */
export const WRITES = "edit", WRITES_PROMPT = "prompt";

/**
 * Longest address that such a text may make, of the 16,384 characters that a request takes: params, a path of tokens and the
 * server's name have room beside it.
 */
export const PROMPT_ADDRESS_CHARACTERS = 12_000;

/** Why an address cannot hold a prompt. */
export type Refusal = "too long" | "half a character";

/** What a form's prompt was shown for. */
interface PromptPlace {
  readonly task: string;
  readonly split: string;
  readonly sample: number;
  readonly generator: string;
}

/** It as a form says it. @param text what a text area began with, where that was the sample's */
export function promptOf({ task, split, sample, generator }: PromptPlace, text?: string): string {
  const of = new URLSearchParams({ task, split, sample: String(sample), generator });
  if (text !== undefined) of.set("text", sentPrint(text));
  return of.toString();
}

/** A fingerprint that a text has too as a form sends it. */
export function sentPrint(text: string): string {
  return fingerprint(asFormsSend(text));
}

/** @param characters of its longest address */
export function refusalOf(text: string, characters: number): Refusal | undefined {
  if (!text.isWellFormed()) return "half a character";
  return characters > PROMPT_ADDRESS_CHARACTERS ? "too long" : undefined;
}

/** Characters of the longest address that the text makes: the one that has it, or one that a form of its screen leads to first. */
export function longestAddress(text: string, href: string): number {
  const characters = (...entry: [name: string, value: string]) => new URLSearchParams([entry]).toString().length;
  const own = text.toWellFormed();
  return href.length + Math.max(0, characters(...inForm([OWN_PROMPT, own])) - characters(OWN_PROMPT, own));
}

/** A part of an address as a form carries it along. */
export function inForm([name, value]: readonly [string, string]): readonly [name: string, value: string] {
  return name === OWN_PROMPT ? [PROMPT_JSON, JSON.stringify(value)] : [name, value];
}
