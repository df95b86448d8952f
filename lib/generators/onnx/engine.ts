import type { LoadProgress } from "../generator.ts";
import { Outbox } from "./outbox.ts";
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

/** How long a thread that is closed may take to come to the end of what the library is doing for it. */
const CLOSE_MS = 2_000;

/** The main side of a model's worker: asks, and awaits the answer. */
export class Engine {
  /** What ids in answers stand for. */
  readonly tokens = new TokenBook();
  readonly #worker: Worker;
  /** Pulls of runs, which come at the same moment where runs share their passes. */
  readonly #pulls = new Outbox<Envelope>((pulls) => this.#worker.postMessage(pulls));
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #closedBy: Error | undefined;
  #closing: Promise<void> | undefined;

  constructor() {
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "onnx" });
    this.#worker.onmessage = ({ data }: MessageEvent<readonly Reply[]>) => {
      for (const reply of data) this.#receive(reply);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#end(new Error(`The model's thread failed: ${event.message}`));
      this.#worker.terminate();
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
    const id = this.#lastId + 1;
    // A model that was closed meanwhile has nothing left to cancel.
    const cancel = () => void this.ask({ type: "cancel", id }).catch(() => {});
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      const answer = await new Promise<Answers[Request["type"]]>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject, onProgress });
        this.#post(request);
      });
      return answer as Answers[Type]; // protocol.ts ties each request to its answer; the map of pending ones cannot.
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  /**
   * Ends what is asked at once, and the thread when it has let go of the model.
   * Subtle: a process that ends, or a thread that is ended, in the midst of the library's work may crash or never end.
   */
  close(): Promise<void> {
    if (this.#closedBy === undefined) {
      this.#end(new Error("The model was closed"));
      this.#closing = this.#letGo();
    }
    return this.#closing ?? Promise.resolve();
  }

  async #letGo(): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, CLOSE_MS);
    const closed = new Promise<unknown>((resolve) => {
      this.#pending.set(this.#post({ type: "close" }), { resolve, reject: resolve, onProgress: undefined });
    });
    await Promise.race([closed, late]);
    clearTimeout(timer);
    this.#worker.terminate();
  }

  /** @returns the number of the request */
  #post(request: Request): number {
    const id = ++this.#lastId;
    const envelope: Envelope = { id, request };
    if (request.type === "pull") this.#pulls.put(envelope);
    else this.#worker.postMessage([envelope]);
    return id;
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
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }
}
