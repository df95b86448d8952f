/**
 * The thread that owns a model. Inference blocks the thread it runs on, so it never runs where pages are served.
 * Answers each request of protocol.ts; see there for how runs are pulled.
 */
import { decodeRounds } from "../../lm/decode.ts";
import { NextTokens } from "../../lm/next.ts";
import { score } from "../../lm/score.ts";
import { LookAhead } from "./look_ahead.ts";
import { type Opened, openModel } from "./open_model.ts";
import { type Answer, type EngineStats, type Envelope, faultOf, type Reply, type Request } from "./protocol.ts";
import type { OnnxModel } from "./onnx_model.ts";
import { Outbox } from "./outbox.ts";
import { Runs } from "./runs.ts";
import { ToldTokens } from "./token_book.ts";

/** Requests for which the model may run, and before which nothing else shall. */
const USES_MODEL: ReadonlySet<Request["type"]> = new Set(["next", "score", "generate", "pull"]);

const runs = new Runs();
const told = new ToldTokens();
/** Number of a request that is being answered → what stops it. */
const answering = new Map<number, AbortController>();
/** Aborts when the model is let go of. */
const closing = new AbortController();
let opening: Promise<Opened> | undefined;
let model: OnnxModel | undefined;
let steps: NextTokens | undefined;
let lookAhead: LookAhead | undefined;

const replies = new Outbox<Reply>((replies) => self.postMessage(replies));

self.onmessage = ({ data }: MessageEvent<readonly Envelope[]>) => {
  for (const envelope of data) void answer(envelope);
};

async function answer({ id, request }: Envelope): Promise<void> {
  const controller = new AbortController();
  answering.set(id, controller);
  try {
    const answer = await handle(request, id, controller.signal);
    replies.put({ id, ok: true, answer, news: told.news() });
  } catch (error) {
    replies.put({ id, ok: false, fault: faultOf(error) });
  } finally {
    answering.delete(id);
    if (answering.size === 0 && runs.size === 0) model?.rest();
  }
}

async function handle(request: Request, id: number, signal: AbortSignal): Promise<Answer> {
  if (request.type === "load") {
    opening = openModel(request.request, (progress) => replies.put({ id, progress }), closing.signal);
    const opened = await opening;
    const { model: loaded } = opened;
    model = loaded;
    steps = new NextTokens(loaded);
    if (request.request.settings.looksAhead) lookAhead = new LookAhead(steps, () => loaded.isIdle);
    return { facts: opened.facts, hasChatTemplate: loaded.hasChatTemplate };
  }
  if (request.type === "close") return await close();
  const loaded = requireModel();
  if (USES_MODEL.has(request.type)) lookAhead?.yield();
  switch (request.type) {
    case "tokenize":
      return told.ids(loaded.encode(request.text).map((id) => loaded.token(id)));
    case "score": {
      const { prompt, completion, top } = request;
      const ids = typeof completion === "string" ? loaded.encodeContinuation(completion) : completion;
      return await score(loaded, typeof prompt === "string" ? loaded.encode(prompt) : prompt, ids, { top, signal });
    }
    case "render":
      return loaded.renderChat(request.messages);
    case "next": {
      const { prompt, path, ...next } = await requireSteps().at(request.request, signal);
      lookAhead?.from(request.request);
      return { ...next, ...(prompt && { prompt: told.ids(prompt) }), path: told.ids(path) };
    }
    case "generate": {
      const { prompt, params, ...options } = request.request;
      runs.open(id, (signal) => decodeRounds(loaded, prompt, params, { ...options, signal }));
      return id;
    }
    case "pull":
      return await runs.pull(request.run);
    case "cancel":
      runs.cancel(request.id);
      answering.get(request.id)?.abort();
      return stats(loaded);
    case "stats":
      return stats(loaded);
  }
}

/** Waits for what the library is in the midst of: a thread that ends meanwhile may take the process with it. */
async function close(): Promise<undefined> {
  closing.abort(new Error("The model was closed"));
  // Why it does not open is told to whoever asked for it.
  const opened = await opening?.catch(() => undefined);
  await opened?.model.close();
}

function stats({ passes, cache }: OnnxModel): EngineStats {
  return { passes, cacheBytes: cache.bytes, cacheEntries: cache.size, openRuns: runs.size };
}

function requireSteps(): NextTokens {
  if (steps === undefined) throw new TypeError("Cannot use the model before it is loaded");
  return steps;
}

function requireModel(): OnnxModel {
  if (model === undefined) throw new TypeError("Cannot use the model before it is loaded");
  return model;
}
