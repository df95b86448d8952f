/** What a run owes, as a module may bring a generator of its own in plain JavaScript. */
import type { GeneratorEvent } from "../lm/event.ts";
import { faultOf, type Fields, isRecord, STEP_FIELDS } from "./checked_answer.ts";
import type { GenerateRequest, Generator } from "./generator.ts";

const FIELDS: Readonly<Record<GeneratorEvent["type"], Fields>> = {
  queue: [[["position"], "number"]],
  prompt: [[["tokens"], "list"]],
  warning: [[["param"], "text"], [["message"], "text"]],
  step: STEP_FIELDS,
  finish: [
    [["sequence"], "number"],
    [["reason"], "text"],
    [["text"], "text"],
    [["usage", "promptTokens"], "number or nothing"],
    [["usage", "completionTokens"], "number"],
  ],
};

/** A run that ended before all of its completions had. */
export class UnfinishedError extends Error {
  override readonly name = "UnfinishedError";
}

/** The events of a run, of a plain generator too. @throws {TypeError} where `generate` gives none that can be read one after the other */
export function eventsOf(
  generator: Generator,
  request: GenerateRequest,
): AsyncIterable<GeneratorEvent> | Iterable<GeneratorEvent> {
  const events: unknown = generator.generate(request);
  if (isIterable(events)) return events;
  if (events instanceof Promise) events.catch(() => {}); // What it may still throw is not what is wrong.
  throw new TypeError(
    "its generate() gives no events one after the other: expected an async generator, async *generate",
  );
}

/** Sees each event of a run before it is passed on. */
export class RunCheck {
  /** Sequences with a step and no `finish` yet. */
  readonly #open = new Set<number>();
  #hasFinish = false;

  /** @throws {TypeError} naming what an event lacks */
  see(event: GeneratorEvent): void {
    const fields = Object.hasOwn(FIELDS, event?.type ?? "") ? FIELDS[event.type] : undefined;
    if (fields === undefined) {
      throw new TypeError(`it yields what is no event: expected the type ${Object.keys(FIELDS).join(", ")}`);
    }
    const fault = faultOf(event, fields);
    if (fault !== undefined) throw new TypeError(`it yields a ${event.type} whose ${fault}`);
    if (event.type === "step") this.#open.add(event.sequence);
    if (event.type !== "finish") return;
    this.#open.delete(event.sequence);
    this.#hasFinish = true;
  }

  /** Called when no more is to come of a run that nobody ended. @throws {UnfinishedError} as a part is not to pass for whole */
  end(): void {
    const [sequence] = this.#open;
    if (sequence === undefined && this.#hasFinish) return;
    throw new UnfinishedError(`it ended without a "finish" of sequence ${sequence ?? 0}`);
  }
}

function isIterable(value: unknown): value is AsyncIterable<GeneratorEvent> | Iterable<GeneratorEvent> {
  return isRecord(value) && (Symbol.asyncIterator in value || Symbol.iterator in value);
}
