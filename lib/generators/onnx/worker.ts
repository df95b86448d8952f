/**
 * The thread that owns a model. Inference blocks the thread it runs on, so it never runs where pages are served.
 * Answers each request of protocol.ts; see there for how runs are pulled.
 */
import { decode } from "../../lm/decode.ts";
import type { GeneratorEvent } from "../../lm/event.ts";
import { NextTokens } from "../../lm/next.ts";
import { score } from "../../lm/score.ts";
import { openModel } from "./open_model.ts";
import { type Answer, type EngineStats, type Envelope, faultOf, type Reply, type Request } from "./protocol.ts";
import type { OnnxModel } from "./onnx_model.ts";

interface Run {
  readonly events: AsyncGenerator<GeneratorEvent, void, void>;
  readonly controller: AbortController;
}

const runs = new Map<number, Run>();
let model: OnnxModel | undefined;
let steps: NextTokens | undefined;

self.onmessage = (message: MessageEvent<Envelope>) => void answer(message.data);

async function answer({ id, request }: Envelope): Promise<void> {
  try {
    reply({ id, ok: true, answer: await handle(request, id) });
  } catch (error) {
    reply({ id, ok: false, fault: faultOf(error) });
  }
}

async function handle(request: Request, id: number): Promise<Answer> {
  if (request.type === "load") {
    const opened = await openModel(request.request, (progress) => reply({ id, progress }));
    model = opened.model;
    steps = new NextTokens(model);
    return opened.facts;
  }
  const loaded = requireModel();
  switch (request.type) {
    case "tokenize":
      return loaded.encode(request.text).map((token) => loaded.token(token));
    case "score": {
      const { prompt, completion, top } = request;
      const ids = typeof completion === "string" ? loaded.encodeContinuation(completion) : completion;
      return await score(loaded, typeof prompt === "string" ? loaded.encode(prompt) : prompt, ids, { top });
    }
    case "render":
      return loaded.renderChat(request.messages);
    case "next":
      return await requireSteps().at(request.request);
    case "generate": {
      const controller = new AbortController();
      const { prompt, params, ...options } = request.request;
      runs.set(id, { events: decode(loaded, prompt, params, { ...options, signal: controller.signal }), controller });
      return id;
    }
    case "pull":
      return await pull(request.run);
    case "cancel":
      runs.get(request.run)?.controller.abort();
      return undefined;
    case "stats":
      return stats(loaded);
  }
}

async function pull(run: number): Promise<GeneratorEvent | undefined> {
  const open = runs.get(run);
  if (open === undefined) return undefined;
  try {
    const next = await open.events.next();
    if (next.done !== true) return next.value;
  } catch (error) {
    runs.delete(run);
    throw error;
  }
  runs.delete(run);
  return undefined;
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

function reply(message: Reply): void {
  self.postMessage(message);
}
