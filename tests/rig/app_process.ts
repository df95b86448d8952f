/** The app as people start it, in a process of its own on a free loopback port, called over HTTP. */
import assert from "node:assert/strict";
import { buildPages } from "./built_pages.ts";
import { endOf } from "./ends.ts";
import type { SlowCounts } from "./slow_generator.ts";
import { taskEnv, taskFlags } from "./start_app.ts";

const ROOT = new URL("../../", import.meta.url);
/** Names the caller, so that one address can be many clients. */
const CALLER = "x-forwarded-user";
const SLOW = "tests/rig/slow_generator.ts";
/** What one collection frees lets the next one free more. */
export const COLLECTIONS = 3;

interface AppOptions {
  readonly modules?: readonly string[];
  readonly flags?: Readonly<Record<string, string | number>>;
  readonly env?: Readonly<Record<string, string>>;
  /** False: all of this machine are one client. */
  readonly hasProxy?: boolean;
  /** True: garbage is collected before `counts()` answers. */
  readonly collects?: boolean;
}

interface Call {
  /** JSON that is posted. */
  readonly body?: object;
  readonly client?: string;
  readonly signal?: AbortSignal;
  readonly method?: string;
}

export interface AppProcess extends AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  readonly pid: number;
  /** Lines of the log so far. */
  readonly log: readonly string[];
  call(path: string, call?: Call): Promise<Response>;
  /** Series of /api/metrics, without the common beginning of their names. */
  metrics(): Promise<Readonly<Record<string, number>>>;
  counts(): Promise<SlowCounts>;
  rssBytes(): Promise<number>;
  /** The same once garbage is collected, of an app that `collects`; each of the `COLLECTIONS` opens a page. */
  collectedBytes(): Promise<number>;
  /** Tells it to stop. @returns its exit code */
  stop(signal?: Deno.Signal): Promise<number>;
}

/** Headers of a call, for those who write them by hand. */
export function callHeaders(client = "somebody"): Readonly<Record<string, string>> {
  return { [CALLER]: client, "content-type": "application/json" };
}

/** Builds the pages when they are stale, starts the app with the memory settings of its task, and waits until it listens. */
export async function startApp(
  { modules = [SLOW], flags = {}, env = {}, hasProxy = true, collects = false }: AppOptions = {},
): Promise<AppProcess> {
  await buildPages();
  const flag = (await taskFlags("start")).find((flag) => flag.startsWith("--v8-flags=")) ?? assert.fail();
  const given = Object.entries({
    port: 0,
    ...(hasProxy && { proxy: "127.0.0.1", "proxy-header": CALLER }),
    ...flags,
  });
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      `${flag}${collects ? ",--expose-gc" : ""}`,
      "-A",
      "main.ts",
      ...given.flatMap(([flag, value]) => [`--${flag}`, String(value)]),
      ...modules,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...await taskEnv("start"), ...env },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const log: string[] = [];
  const logged = readLines(child.stderr, (line) => log.push(line));
  const port = await new Promise<number>((resolve, reject) => {
    void readLines(child.stdout, (line) => {
      const [, digits] = /^visuallm: http:\/\/127\.0\.0\.1:(\d+)/.exec(line) ?? [];
      if (digits !== undefined) resolve(Number(digits));
    }).then(() => reject(new Error(`The app did not start: ${log.join("\n")}`)));
  });
  return new Process(child, port, log, logged);
}

class Process implements AppProcess {
  readonly origin: string;
  readonly pid: number;
  readonly #child: Deno.ChildProcess;
  readonly #logged: Promise<void>;
  #stopped: Promise<number> | undefined;

  constructor(child: Deno.ChildProcess, readonly port: number, readonly log: readonly string[], logged: Promise<void>) {
    this.#child = child;
    this.#logged = logged;
    this.pid = child.pid;
    this.origin = `http://127.0.0.1:${port}`;
  }

  call(path: string, { body, client, signal, method = body === undefined ? "GET" : "POST" }: Call = {}) {
    return fetch(this.origin + path, {
      method,
      headers: callHeaders(client),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async metrics(): Promise<Readonly<Record<string, number>>> {
    const text = await (await this.call("/api/metrics")).text();
    const series = text.trim().split("\n").filter((line) => !line.startsWith("#")).map((line) => line.split(" "));
    return Object.fromEntries(series.map(([name = "", value]) => [name.replace("visuallm_", ""), Number(value)]));
  }

  async counts(): Promise<SlowCounts> {
    const { elements } = await (await this.call("/api/slow/counts/elements")).json();
    return JSON.parse(elements.counts.text);
  }

  async collectedBytes(): Promise<number> {
    for (let round = 0; round < COLLECTIONS; round++) await this.counts();
    return await this.rssBytes();
  }

  async rssBytes(): Promise<number> {
    const status = await Deno.readTextFile(`/proc/${this.pid}/status`);
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
  }

  stop(signal: Deno.Signal = "SIGTERM"): Promise<number> {
    this.#stopped ??= (async () => {
      this.#child.kill(signal);
      const { code } = await endOf(this.#child);
      await this.#logged;
      return code;
    })();
    return this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    assert.equal(await this.stop(), 0, `the app ended badly: ${this.log.slice(-5).join("\n")}`);
  }
}

async function readLines(stream: ReadableStream<Uint8Array<ArrayBuffer>>, take: (line: string) => void): Promise<void> {
  let rest = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  }
}
