/** The process of one contestant, asked one thing at a time. */
import { linesOf } from "./lines.ts";
import { readAnswer, type Request } from "./protocol.ts";

/** How a contestant is started, and what it reads. */
export interface Entry {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  readonly path: string;
  readonly precision: "fp32" | "int8";
  /** What its process is told besides what all are told. */
  readonly env?: Readonly<Record<string, string>>;
}

export class Contestant implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: AsyncGenerator<string, void, void>;
  readonly #requests: WritableStreamDefaultWriter<Uint8Array>;
  readonly #complaint: Promise<string>;

  constructor(readonly entry: Entry) {
    const [program, ...args] = entry.command;
    this.#process = new Deno.Command(program, {
      args,
      env: { ORT_DISABLE_TELEMETRY: "1", OMP_NUM_THREADS: "1", TOKENIZERS_PARALLELISM: "false", ...entry.env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#lines = linesOf(this.#process.stdout);
    this.#requests = this.#process.stdin.getWriter();
    this.#complaint = new Response(this.#process.stderr).text();
  }

  /** @returns the time of loading in ms */
  async load(): Promise<number> {
    const { path, precision } = this.entry;
    const [elapsedMs = NaN] = await this.ask({ type: "load", path, precision });
    return elapsedMs;
  }

  /** @throws {Error} naming the contestant and what it says, on its way out or in an answer */
  async ask(request: Request): Promise<readonly number[]> {
    const failed = (reason: string) => new Error(`Cannot measure ${this.entry.name}, ${request.type}: ${reason}`);
    try {
      await this.#requests.write(new TextEncoder().encode(JSON.stringify(request) + "\n"));
      const { value } = await this.#lines.next();
      if (value !== undefined) return readAnswer(value);
    } catch (error) {
      throw failed(error instanceof Error ? error.message : String(error));
    }
    throw failed((await this.#complaint).trim().split("\n").at(-1) ?? "it ended without a word");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A process that died has closed it already.
    await this.#requests.close().catch(() => {});
    await this.#process.status;
  }
}
