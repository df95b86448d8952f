/** Logprobs of a given text, as servers tell them: completions with `echo`, or vLLM's `prompt_logprobs`. */
import * as v from "valibot";
import type { ScoredToken } from "../../lm/event.ts";
import type { ScoreRequest } from "../generator.ts";
import { type GivenStep, readAnswer } from "./answer.ts";
import { measure } from "./measure.ts";
import { bytesOf } from "./token_book.ts";
import { type Place, placesBefore, placesFrom } from "./token_places.ts";
import { type Peer, textOf } from "./writing.ts";
import { UpstreamError } from "./upstream_error.ts";

/** A token of the text that was scored, with the bytes of the text that it stands for. */
interface Placed extends GivenStep, Place {
  /** Its rank, where the server counts. */
  readonly rank?: number | undefined;
}

const encoder = new TextEncoder();

/**
 * The server cuts prompt and completion into tokens together, so one may stand across the border; it says so then.
 * @throws {UpstreamError}; {PathError} for ids that are no text
 */
export async function scoreText(
  peer: Peer,
  way: "echo" | "prompt_logprobs",
  request: ScoreRequest,
): Promise<readonly ScoredToken[]> {
  const { book, client, dialect } = peer;
  const { prompt, completion, top } = request;
  if (typeof prompt !== "string") throw new TypeError("Cannot score under token ids here: a server takes text");
  if (prompt === "") throw new RangeError("Cannot score under an empty prompt: expected at least one token");
  const wanted = typeof completion === "string" ? completion : textOf(book.tokens(completion));
  if (wanted === "") return [];
  const whole = prompt + wanted;
  const placed = await (way === "echo" ? echoed(peer, whole, request) : promptScored(peer, whole, request));
  const border = encoder.encode(prompt).length;
  const size = encoder.encode(whole).length;
  const asked = Math.min(top, dialect.mostTop);
  // Subtle: a token without text of its own is the first part of a character that a later one completes.
  return placed.filter(({ start, end }) => (start >= border || end > border) && start < size)
    .map(({ start, end: _, rank, ...given }) => {
      const { logprob, entropyNats, evidence, ...measured } = measure(given, {
        book,
        host: client.host,
        isTempered: peer.isTempered,
        asked,
        limit: top,
        rank,
      });
      if (logprob === undefined || entropyNats === undefined || measured.rank === undefined || evidence === undefined) {
        const fault = `${client.host} gave no probability of ${JSON.stringify(given.text)}`;
        throw new UpstreamError(fault, { isOfText: true });
      }
      const across = start < border ? `${evidence.reason}; the token begins in the prompt` : evidence.reason;
      return { ...measured, logprob, entropyNats, rank: measured.rank, evidence: { ...evidence, reason: across } };
    });
}

type Asked = Pick<ScoreRequest, "top" | "signal" | "onBilled">;

async function echoed(
  peer: Peer,
  text: string,
  { top, signal, onBilled }: Asked,
): Promise<readonly Placed[]> {
  const { client, dialect } = peer;
  // Subtle: of no token at all some servers make "as many as there is room for".
  const body = dialect.body({ prompt: text, echo: true, max_tokens: 1, logprobs: top, temperature: 1 });
  const answer = readAnswer(await client.ask(dialect.path, body, signal));
  onBilled?.(answer?.usage);
  const piece = answer?.pieces[0];
  const steps = piece?.steps ?? [];
  if (steps.length === 0) throw new UpstreamError(`${client.host} echoed no probabilities`);
  const places = placesFrom(encoder.encode(text), steps.map((step) => step.bytes ?? bytesOf(step.text)));
  if (places === undefined) throw notTheText(client.host);
  return steps.flatMap((step, index) => {
    const place = places[index];
    return place === undefined ? [] : [{ ...step, ...place }];
  });
}

function notTheText(host: string): UpstreamError {
  const fault = `${host} gave no probabilities of exactly this text: its tokens do not add up to the text`;
  return new UpstreamError(fault, { isOfText: true });
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

async function promptScored(
  peer: Peer,
  text: string,
  { top, signal, onBilled }: Asked,
): Promise<readonly Placed[]> {
  const { client, dialect } = peer;
  const asked = Math.min(top, dialect.mostTop);
  const wanted = { prompt: text, max_tokens: 1, prompt_logprobs: asked, return_token_ids: true, temperature: 1 };
  const answer = await client.ask(dialect.path, dialect.body(wanted), signal);
  onBilled?.(readAnswer(answer)?.usage);
  const parsed = v.safeParse(promptSchema, answer);
  if (!parsed.success) throw new UpstreamError(`${client.host} gave no probabilities of the text`);
  const choice = parsed.output.choices[0];
  const places = choice?.prompt_logprobs ?? parsed.output.prompt_logprobs ?? [];
  const ids = choice?.prompt_token_ids ?? parsed.output.prompt_token_ids;
  if (!ids) {
    // Subtle: of an object whose keys are numbers nobody can tell any more which came first, the token itself.
    throw new UpstreamError(`${client.host} does not tell which tokens the text is (return_token_ids)`);
  }
  const texts = places.map((place, index) => place?.[String(ids[index])]?.decoded_token ?? "");
  const laid = placesBefore(encoder.encode(text), texts.slice(1).map((shown) => bytesOf(shown)));
  if (laid === undefined) throw notTheText(client.host);
  return laid.map((place, index) => {
    const told = places[index] ?? {};
    const own = told[String(ids[index])];
    const given = Object.values(told).map(({ decoded_token, logprob }) => ({
      text: decoded_token ?? "",
      bytes: undefined,
      logprob: Math.min(0, logprob),
    }));
    return {
      text: texts[index] ?? "",
      bytes: undefined,
      logprob: own && Math.min(0, own.logprob),
      top: given,
      ...place,
      rank: own?.rank ?? undefined,
    };
  });
}
