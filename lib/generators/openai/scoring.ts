/** Logprobs of a given text, as servers tell them: completions with `echo`, or vLLM's `prompt_logprobs`. */
import * as v from "valibot";
import type { ScoredToken } from "../../lm/event.ts";
import type { ScoreRequest } from "../generator.ts";
import { type GivenStep, readAnswer } from "./answer.ts";
import { measure } from "./measure.ts";
import { type Peer, textOf } from "./writing.ts";
import { UpstreamError } from "./upstream_error.ts";

/** A token of the text that was scored. */
interface Placed extends GivenStep {
  /** Where it begins in the text, in UTF-16 units. */
  readonly start: number;
  /** Its rank, where the server counts. */
  readonly rank?: number | undefined;
}

/**
 * The server cuts prompt and completion into tokens together, so one may stand across the border; it says so then.
 * @throws {UpstreamError}
 */
export async function scoreText(
  peer: Peer,
  way: "echo" | "prompt_logprobs",
  { prompt, completion, top, signal }: ScoreRequest,
): Promise<readonly ScoredToken[]> {
  const { book, client } = peer;
  if (typeof prompt !== "string") throw new TypeError("Cannot score under token ids here: a server takes text");
  if (prompt === "") throw new RangeError("Cannot score under an empty prompt: expected at least one token");
  const wanted = typeof completion === "string"
    ? completion
    : textOf(book.tokens(completion).map(({ bytes }) => bytes));
  if (wanted === "") return [];
  const whole = prompt + wanted;
  const placed = way === "echo" ? await echoed(peer, whole, top, signal) : await promptScored(peer, whole, top, signal);
  return placed.filter(({ start, text }) => start + text.length > prompt.length && start < whole.length)
    .map(({ start, rank, ...given }) => {
      const { logprob, entropyNats, evidence, ...measured } = measure(given, {
        book,
        host: client.host,
        isTempered: peer.isTempered,
        asked: top,
        limit: top,
        rank,
      });
      if (logprob === undefined || entropyNats === undefined || measured.rank === undefined || evidence === undefined) {
        throw new UpstreamError(`${client.host} gave no probability of ${JSON.stringify(given.text)}`);
      }
      const across = start < prompt.length ? `${evidence.reason}; the token begins in the prompt` : evidence.reason;
      return { ...measured, logprob, entropyNats, rank: measured.rank, evidence: { ...evidence, reason: across } };
    });
}

async function echoed(peer: Peer, text: string, top: number, signal?: AbortSignal): Promise<readonly Placed[]> {
  const { client, dialect } = peer;
  // Subtle: of no token at all some servers make "as many as there is room for".
  const body = dialect.body({ prompt: text, echo: true, max_tokens: 1, logprobs: top, temperature: 1 });
  const piece = readAnswer(await client.ask(dialect.path, body, signal))?.pieces[0];
  const steps = piece?.steps ?? [];
  if (steps.length === 0) throw new UpstreamError(`${client.host} echoed no probabilities`);
  const joined = steps.map((step) => step.text).join("");
  const isWhole = joined.startsWith(text);
  let at = 0;
  return steps.map((step, index) => {
    // Tokens that are parts of characters do not add up to the text: then the server's own places count.
    const start = isWhole ? at : unitsOf(text, piece?.offsets?.[index] ?? text.length);
    at += step.text.length;
    return { ...step, start };
  });
}

/** UTF-16 units of a number of characters. */
function unitsOf(text: string, characters: number): number {
  return [...text].slice(0, characters).join("").length;
}

const entrySchema = v.object({
  logprob: v.number(),
  rank: v.nullish(v.number()),
  decoded_token: v.nullish(v.string()),
});
const placesSchema = v.array(v.nullable(v.record(v.string(), entrySchema)));
const idsSchema = v.nullish(v.array(v.number()));
const promptSchema = v.object({
  choices: v.pipe(
    v.array(v.object({ prompt_logprobs: v.optional(placesSchema), prompt_token_ids: idsSchema })),
    v.minLength(1),
  ),
  prompt_logprobs: v.optional(placesSchema),
  prompt_token_ids: idsSchema,
});

async function promptScored(peer: Peer, text: string, top: number, signal?: AbortSignal): Promise<readonly Placed[]> {
  const { client, dialect } = peer;
  const wanted = { prompt: text, max_tokens: 1, prompt_logprobs: top, return_token_ids: true, temperature: 1 };
  const parsed = v.safeParse(promptSchema, await client.ask(dialect.path, dialect.body(wanted), signal));
  if (!parsed.success) throw new UpstreamError(`${client.host} gave no probabilities of the text`);
  const choice = parsed.output.choices[0];
  const places = choice?.prompt_logprobs ?? parsed.output.prompt_logprobs ?? [];
  const ids = choice?.prompt_token_ids ?? parsed.output.prompt_token_ids;
  if (!ids) {
    // Subtle: of an object whose keys are numbers nobody can tell any more which came first, the token itself.
    throw new UpstreamError(`${client.host} does not tell which tokens the text is (return_token_ids)`);
  }
  const texts = places.map((place, index) => place?.[String(ids[index])]?.decoded_token ?? "");
  // Subtle: of the first token nothing is told, not even its text: it is what the others leave of the whole.
  let start = text.length - texts.slice(1).join("").length - (texts[0]?.length ?? 0);
  return places.map((place, index) => {
    const own = place?.[String(ids[index])];
    const given = Object.values(place ?? {}).map(({ decoded_token, logprob }) => ({
      text: decoded_token ?? "",
      bytes: undefined,
      logprob: Math.min(0, logprob),
    }));
    const shown = texts[index] ?? "";
    const placed: Placed = {
      text: shown,
      bytes: undefined,
      logprob: own && Math.min(0, own.logprob),
      top: given,
      start,
      rank: own?.rank ?? undefined,
    };
    start += shown.length;
    return placed;
  });
}
