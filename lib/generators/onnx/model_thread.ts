import type { LoadProgress } from "../generator.ts";
import { Engine } from "./engine.ts";
import type { LoadRequest, OpenedFacts } from "./protocol.ts";

/**
 * A model's thread, begun anew when it has died: what ran in it ends with an error, and the next request has a new one.
 */
export class ModelThread {
  readonly #request: LoadRequest;
  readonly #begin: () => Engine;
  #engine: Engine | undefined;
  /** Whose model is not loaded yet. */
  #loading: Engine | undefined;
  #opening: Promise<Engine> | undefined;
  #isClosed = false;

  /** @param begin starts a thread without a model */
  constructor(request: LoadRequest, begin: () => Engine = () => new Engine()) {
    this.#request = request;
    this.#begin = begin;
  }

  /** Begins the thread, which takes a while until it hears. */
  start(): void {
    this.#loading ??= this.#begin();
  }

  /** Loads the model. @throws {Error} naming the file or the device at fault */
  async open(onProgress?: (progress: LoadProgress) => void): Promise<OpenedFacts> {
    const engine = this.#loading ??= this.#begin();
    try {
      const opened = await engine.ask({ type: "load", request: this.#request }, onProgress && { onProgress });
      if (this.#isClosed) throw new Error("The model was closed");
      this.#engine = engine;
      return opened;
    } catch (error) {
      await engine.close();
      throw error;
    } finally {
      this.#loading = undefined;
    }
  }

  /** The thread to ask. @throws {Error} when it was closed, or cannot be begun anew */
  async engine(): Promise<Engine> {
    if (this.#engine !== undefined && (this.#isClosed || !this.#engine.isClosed)) return this.#engine;
    // Whoever comes meanwhile waits for the same one.
    this.#opening ??= this.#reopen().finally(() => this.#opening = undefined);
    return await this.#opening;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#engine?.close(), this.#loading?.close()]);
  }

  async #reopen(): Promise<Engine> {
    await this.open();
    return await this.engine();
  }
}
