/** The sample that an address names, or the prompt that somebody wrote in its place. */
import * as v from "valibot";
import { formText } from "../../../../lib/lm/form_text.ts";
import { ProblemError } from "../../../../lib/server/problem.ts";
import { editableText } from "../../../../lib/ui/address/generation_screen.ts";
import { OWN_PROMPT, PROMPT_JSON, PROMPT_TEXT, WRITES, WRITES_PROMPT } from "../../../../lib/ui/address/own_prompt.ts";
import { readSampleScreen, type SampleScreen, type ScreenRequest } from "./screen.ts";

/** What an address says of the tokens after a prompt, and not after another one. */
const OF_PROMPT = ["path", "sel", "from"];

export interface PromptScreen extends SampleScreen {
  /** Whether the prompt is to be changed. */
  readonly isWriting: boolean;
}

/**
 * The screen of a prompt; the way to its address where a form has sent one.
 * @throws {ProblemError} as `readSampleScreen`, and 422 for what is no prompt
 */
export async function readPromptScreen(request: ScreenRequest): Promise<PromptScreen | Response> {
  const query = request.url.searchParams, isSent = query.has(PROMPT_TEXT) || query.has(PROMPT_JSON);
  const ownPrompt = isSent ? undefined : query.get(OWN_PROMPT) ?? undefined;
  const read = await readSampleScreen(request, "soon", ownPrompt);
  if (isSent) {
    const location = sentPrompt(request.url, editableText(read.screen));
    return new Response(null, { status: 303, headers: { location } });
  }
  const isWriting = query.get(WRITES) === WRITES_PROMPT;
  if (ownPrompt === undefined) return { ...read, isWriting };
  const { target: _, ...screen } = read.screen;
  // What shows the sample would say nothing of this prompt.
  return { ...read, isWriting, shown: undefined, screen: { ...screen, ownPrompt } };
}

/** Where what a form has sent leads. @param sample the text that one's own begins with */
function sentPrompt(url: URL, sample: string): string {
  const typed = url.searchParams.get(PROMPT_TEXT), json = url.searchParams.get(PROMPT_JSON);
  const own = json === null ? undefined : readJson(json), before = own ?? sample;
  const text = typed === null ? before : formText(before, typed);
  const to = new URL(url);
  for (const name of [PROMPT_TEXT, PROMPT_JSON, WRITES, ...(text === before ? [] : OF_PROMPT)]) {
    to.searchParams.delete(name);
  }
  if (own !== undefined || text !== sample) to.searchParams.set(OWN_PROMPT, text);
  return `${to.pathname}${to.search}`;
}

function readJson(json: string): string {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), v.string()), json);
  if (parsed.success) return parsed.output;
  throw new ProblemError(422, "Invalid request", `Cannot use ${PROMPT_JSON}: it must be a text as JSON`, {
    field: PROMPT_JSON,
  });
}
