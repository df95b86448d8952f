import type { LoadProgress } from "../generator.ts";
import { type Answers, type Envelope, errorOf, type Reply, type Request } from "./protocol.ts";
import { TokenBook } from "./token_book.ts";

interface Pending {
  readonly resolve: (answer: Answers[Request["type"]]) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((progress: LoadProgress) => void) | undefined;
}

interface AskOptions {
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Stops the work on the answer. */
  readonly signal?: AbortSignal | undefined;
}

/** The main side of a model's worker: asks, and awaits the answer. */
export class Engine {
  /** What ids in answers stand for. */
  readonly tokens = new TokenBook();
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #closedBy: Error | undefined;

  constructor() {
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "onnx" });
    this.#worker.onmessage = (message: MessageEvent<Reply>) => this.#receive(message.data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#end(new Error(`The model's thread failed: ${event.message}`));
    };
  }

  get isClosed(): boolean {
    return this.#closedBy !== undefined;
  }

  /** @throws {Error} what the worker threw, with its kind; or that the engine is closed; or the signal's reason */
  async ask<Type extends Request["type"]>(
    request: Extract<Request, { type: Type }>,
    { onProgress, signal }: AskOptions = {},
  ): Promise<Answers[Type]> {
    if (this.#closedBy !== undefined) throw this.#closedBy;
    signal?.throwIfAborted();
    const id = ++this.#lastId;
    // A model that was closed meanwhile has nothing left to cancel.
    const cancel = () => void this.ask({ type: "cancel", id }).catch(() => {});
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      const answer = await new Promise<Answers[Request["type"]]>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject, onProgress });
        const envelope: Envelope = { id, request };
        this.#worker.postMessage(envelope);
      });
      return answer as Answers[Type]; // protocol.ts ties each request to its answer; the map of pending ones cannot.
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  close(): void {
    this.#end(new Error("The model was closed"));
  }

  #receive(reply: Reply): void {
    if ("news" in reply) this.tokens.add(reply.news);
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    if ("progress" in reply) return pending.onProgress?.(reply.progress);
    this.#pending.delete(reply.id);
    if (reply.ok) pending.resolve(reply.answer);
    else pending.reject(errorOf(reply.fault));
  }

  #end(reason: Error): void {
    if (this.#closedBy !== undefined) return;
    this.#closedBy = reason;
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }
}
