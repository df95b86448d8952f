/** A generator as one client uses it: in turn with the others, under watch, and counted. */
import type { GenerateRequest, Generator } from "../../generators/generator.ts";
import { checkedNext, checkedScores, checkedTokens } from "../../generators/checked_answer.ts";
import { eventsOf, RunCheck } from "../../generators/run_check.ts";
import { checkedText } from "../../lm/checked_prompt.ts";
import type { GeneratorEvent } from "../../lm/event.ts";
import type { Ticket } from "./admission.ts";
import { RunCount } from "../telemetry/counters.ts";
import { generationProblem } from "../generation_problem.ts";
import { shortWork } from "./short_work.ts";
import { supervised } from "./supervised.ts";
import type { Lanes, Traffic } from "./traffic.ts";

type Events = AsyncGenerator<GeneratorEvent, void, void>;

interface Use {
  readonly traffic: Traffic;
  /** Absent for a generator behind an API, which has an admission of its own. */
  readonly lanes: Lanes | undefined;
  readonly client: string;
  /** The generator's name, for messages. */
  readonly name: string;
}

/** Subtle: method by method, as a generator may be an object of a class. */
export function admitted(generator: Generator, use: Use): Generator {
  const { tokenize, next, score, renderChat, isBilled, takesMessages, lacks } = generator;
  return {
    facts: generator.facts,
    ...(isBilled === undefined ? {} : { isBilled }),
    ...(takesMessages === undefined ? {} : { takesMessages }),
    ...(lacks === undefined ? {} : { lacks }),
    generate: (request) => countedRun(generator, request, use),
    ...(tokenize && {
      tokenize: (prompt, signal) =>
        inTurn(use, signal, async (ending) => checkedTokens(await tokenize.call(generator, prompt, ending))),
    }),
    ...(renderChat && {
      renderChat: (turns, signal) =>
        inTurn(use, signal, async (ending) => checkedText(await renderChat.call(generator, turns, ending))),
    }),
    ...(next && {
      next: (request, signal) =>
        inTurn(use, signal, async (ending) => checkedNext(await next.call(generator, request, ending))),
    }),
    ...(score && {
      score: (request) =>
        inTurn(use, request.signal, async (ending) => {
          return checkedScores(await score.call(generator, { ...request, ...(ending && { signal: ending }) }));
        }),
    }),
    close: () => generator.close(),
  };
}

/** The slot is given back when the work is over, or is waited for no more. */
async function inTurn<Result>(
  { traffic: { clock, deadlines: { totalMs } }, lanes, client }: Use,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal | undefined) => Promise<Result>,
): Promise<Result> {
  if (lanes === undefined) return await work(signal);
  const ticket = lanes.short.enter(client);
  try {
    for await (const _ of ticket.wait(signal));
    signal?.throwIfAborted();
    return await shortWork(work, { signal, totalMs, clock });
  } finally {
    ticket.leave();
  }
}

/** The place of the run is given back as soon as nothing of it works any more, however it ends. */
async function* countedRun(generator: Generator, request: GenerateRequest, use: Use): Events {
  const { traffic: { clock, counters, deadlines }, lanes, client, name } = use;
  const { signal } = request;
  const count = new RunCount(counters, clock, request.params.n), check = new RunCheck();
  let ticket: Ticket | undefined;
  try {
    ticket = lanes?.runs.enter(client);
    const start = (signal: AbortSignal) => queuedRun(generator, { ...request, signal }, ticket, count);
    for await (const event of supervised(start, { signal, deadlines, clock, release: () => ticket?.leave() })) {
      check.see(event);
      if (event.type !== "queue") lanes?.runs.progress();
      if (event.type === "step") count.token();
      else if (event.type === "finish") count.finished(event.reason, event.usage.promptTokens);
      yield event;
    }
    if (signal?.aborted !== true) check.end();
  } catch (error) {
    if (signal?.aborted !== true) count.failed(generationProblem(error, name).status);
    throw error;
  } finally {
    ticket?.leave();
    count.close();
  }
}

/** Tells how many are ahead while the run waits, and then what it gives. */
async function* queuedRun(
  generator: Generator,
  request: GenerateRequest & { readonly signal: AbortSignal },
  ticket: Ticket | undefined,
  count: RunCount,
): Events {
  try {
    for await (const ahead of ticket?.wait(request.signal) ?? []) yield { type: "queue", position: ahead };
  } catch (error) {
    if (!request.signal.aborted) throw error;
    return yield* cancelled(request);
  }
  if (ticket !== undefined) count.admitted(ticket.waitedMs);
  yield* eventsOf(generator, request);
}

/** The endings of a run that was left before its turn. */
function* cancelled({ params: { n }, firstSequence = 0 }: GenerateRequest): Iterable<GeneratorEvent> {
  for (let index = 0; index < n; index++) {
    const usage = { promptTokens: 0, completionTokens: 0 };
    yield { type: "finish", sequence: firstSequence + index, reason: "cancelled", text: "", usage };
  }
}
