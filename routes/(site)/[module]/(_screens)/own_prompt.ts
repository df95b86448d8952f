/** The sample that an address names, or the prompt that somebody wrote in its place. */
import * as v from "valibot";
import { formText, withLineFeeds } from "../../../../lib/lm/form_text.ts";
import { ProblemError } from "../../../../lib/server/problem.ts";
import { editableText } from "../../../../lib/ui/address/generation_screen.ts";
import {
  OWN_PROMPT,
  PROMPT_JSON,
  PROMPT_OF,
  PROMPT_TEXT,
  sentPrint,
  WRITES,
  WRITES_PROMPT,
} from "../../../../lib/ui/address/own_prompt.ts";
import { PROMPT_STRINGS } from "../../../../lib/ui/token/prompt_strings.ts";
import { readSampleScreen, type SampleScreen, type ScreenRequest } from "./screen.ts";

/** What an address says of the tokens after a prompt, and not after another one. */
const OF_PROMPT = ["path", "sel", "from"];
/** What only a form sends. */
const OF_FORM = [PROMPT_TEXT, PROMPT_JSON, PROMPT_OF, WRITES];

export interface PromptScreen extends SampleScreen {
  /** Whether the prompt is to be changed. */
  readonly isWriting: boolean;
}

/**
 * The screen of a prompt; the way to its address where a form has sent one.
 * @throws {ProblemError} as `readSampleScreen`, and 422 for what is no prompt
 */
export async function readPromptScreen(request: ScreenRequest): Promise<PromptScreen | Response> {
  const { url } = request, query = url.searchParams, json = query.get(PROMPT_JSON);
  const isSent = json !== null || query.has(PROMPT_TEXT);
  // Who chooses another sample wants to see its prompt.
  if (isSent && isOther(query, OF_SAMPLE)) return seeOther(url, [...OF_FORM, ...OF_PROMPT, "edits"]);
  const ownPrompt = json !== null ? readJson(json) : isSent ? undefined : query.get(OWN_PROMPT) ?? undefined;
  const read = await readSampleScreen(request, "soon", ownPrompt);
  if (isSent) return sentPrompt(url, editableText(read.screen), ownPrompt);
  const isWriting = query.get(WRITES) === WRITES_PROMPT;
  if (ownPrompt === undefined) return { ...read, isWriting };
  const { target: _, ...screen } = read.screen;
  // What shows the sample would say nothing of this prompt.
  return { ...read, isWriting, shown: undefined, screen: { ...screen, ownPrompt } };
}

const OF_SAMPLE = ["task", "split", "sample"];

/** Whether something else was chosen in the form than its prompt was shown for. */
function isOther(query: URLSearchParams, names: readonly string[]): boolean {
  const of = new URLSearchParams(query.get(PROMPT_OF) ?? "");
  return names.some((name) => of.has(name) && query.has(name) && of.get(name) !== query.get(name));
}

/**
 * Where what a form has sent leads.
 * @param sample the text that the sample's prompt begins with, or `own`, where there is one already
 * @throws {ProblemError} 422 for what no address can hold
 */
function sentPrompt(url: URL, sample: string, own: string | undefined): Response {
  const typed = url.searchParams.get(PROMPT_TEXT), before = own ?? sample;
  const began = new URLSearchParams(url.searchParams.get(PROMPT_OF) ?? "").get("text");
  const text = typed === null ? before : writtenText(typed, before, began ?? sentPrint(before));
  const keepsPath = text === before && !isOther(url.searchParams, ["generator"]);
  const without = keepsPath ? OF_FORM : [...OF_FORM, ...OF_PROMPT];
  if (own === undefined && text === sample) return seeOther(url, without);
  if (!text.isWellFormed()) {
    throw new ProblemError(422, "Invalid request", `Cannot use ${PROMPT_TEXT}: ${PROMPT_STRINGS.own.halfCharacter}`, {
      field: PROMPT_TEXT,
    });
  }
  return seeOther(url, without, text);
}

/** What was made of a text area. @param began the fingerprint of what it began with, which may be no prompt any more */
function writtenText(typed: string, before: string, began: string): string {
  if (began === sentPrint(before)) return formText(before, typed);
  return began === sentPrint(typed) ? before : withLineFeeds(typed);
}

function seeOther(url: URL, without: readonly string[], own?: string): Response {
  const to = new URL(url);
  for (const name of without) to.searchParams.delete(name);
  if (own !== undefined) to.searchParams.set(OWN_PROMPT, own);
  return new Response(null, { status: 303, headers: { location: `${to.pathname}${to.search}` } });
}

function readJson(json: string): string {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), v.string()), json);
  if (parsed.success) return parsed.output;
  throw new ProblemError(422, "Invalid request", `Cannot use ${PROMPT_JSON}: it must be a text as JSON`, {
    field: PROMPT_JSON,
  });
}
