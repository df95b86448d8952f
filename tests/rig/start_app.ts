/** The app as its tasks start it: a process of its own with the task's own flags. */
import assert from "node:assert/strict";
import { endOf } from "./ends.ts";

const ROOT = new URL("../../", import.meta.url);
const decoder = new TextDecoder();

interface TasksAndRights {
  readonly tasks: Readonly<Record<string, { readonly command: string }>>;
  readonly permissions: Readonly<Record<string, Readonly<Record<string, true | readonly string[]>>>>;
}

/** What `deno run` of a task of deno.json is given before the file, without `deno task build` before it. */
export async function taskFlags(task: string): Promise<readonly string[]> {
  const { tasks } = await readConfig();
  const [, flags = ""] = /.*deno (?:run|test) (.*?)(?: \S+\.ts\b.*)?$/.exec(tasks[task]?.command ?? "") ?? [];
  return flags.split(" ").filter((word) => word.startsWith("-"));
}

/** What a task of deno.json adds to the environment. */
export async function taskEnv(task: string): Promise<Readonly<Record<string, string>>> {
  const { tasks } = await readConfig();
  const assignments = (tasks[task]?.command ?? "").matchAll(/\b([A-Z][A-Z_]+)=(\S+)/g);
  return Object.fromEntries(Array.from(assignments, ([, name = "", value = ""]) => [name, value]));
}

/** The rights of a task, each as the `--allow-` flag that its permission set stands for. */
export async function taskRights(task: string): Promise<readonly string[]> {
  const { permissions } = await readConfig();
  const flags = await taskFlags(task);
  assert.ok(flags.every((flag) => !/^(?:--allow|-[A-OQ-Z])/.test(flag)), `${task} has all rights from its set`);
  const [name = ""] = flags.flatMap((flag) => /^-P=(.+)/.exec(flag)?.[1] ?? []);
  const set = permissions[name] ?? assert.fail(`${task} names no permission set`);
  return Object.entries(set).map(([right, values]) => `--allow-${right}${values === true ? "" : `=${values}`}`);
}

/** Builds the pages of a copy of the project, as `deno task start` does first. */
export async function buildPagesOf(cwd: URL): Promise<void> {
  const args = ["run", ...await taskFlags("build"), "dev.ts", "build", "--if-stale"];
  // As it is set where CUDA is installed.
  const env = { NO_COLOR: "1", LD_LIBRARY_PATH: "/usr/local/cuda/lib64" };
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd, env }).output();
  assert.ok(success, decoder.decode(stderr));
}

async function readConfig(): Promise<TasksAndRights> {
  return JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
}

export interface StartOptions {
  /** Default: those of `deno task start`. */
  readonly flags?: readonly string[];
  /** Module files and flags of the app. */
  readonly args?: readonly string[];
  /** All that the process has of the environment, besides what Deno itself needs. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: URL;
}

export interface StartedApp extends AsyncDisposable {
  /** Such as http://127.0.0.1:40123 */
  readonly origin: string;
  /** What it printed until it said its address, and right after. */
  readonly lines: readonly string[];
  /** Ends it as Ctrl C does. */
  stop(): Promise<Ended>;
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `main.ts` until it says its address. @throws with what it said when it ends before */
export async function startApp(options: StartOptions = {}): Promise<StartedApp> {
  const child = await spawn(options);
  const said = collect(child.stdout), complained = collect(child.stderr);
  const ended = async (): Promise<Ended> => {
    const { code } = await endOf(child);
    return { code, stdout: await said.text, stderr: await complained.text };
  };
  let stopping: Promise<Ended> | undefined;
  const stop = () => {
    if (stopping === undefined) child.kill("SIGINT");
    return stopping ??= ended();
  };
  const first = await said.first;
  const origin = /^visuallm: (http:\/\/[^/]+)\//.exec(first)?.[1];
  if (origin === undefined) {
    const { code, stdout, stderr } = await ended();
    assert.fail(`the app ended with ${code}: ${stdout}${stderr}`);
  }
  return {
    origin,
    lines: first.trimEnd().split("\n"),
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

/** Runs `main.ts` to its end, for a start that is refused. */
export async function failStart(options: StartOptions = {}): Promise<Ended> {
  const child = await spawn(options);
  const [{ code }, { stdout, stderr }] = await Promise.all([endOf(child), child.output()]);
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

async function spawn({ flags, args = [], env = {}, cwd = ROOT }: StartOptions): Promise<Deno.ChildProcess> {
  const { HOME = "/", DENO_DIR } = Deno.env.toObject();
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...(flags ?? await taskFlags("start")), "main.ts", ...args],
    cwd,
    clearEnv: true,
    env: { HOME, ...(DENO_DIR !== undefined && { DENO_DIR }), NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** All of a stream, and its first piece: the app prints its start in one. */
function collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const { promise: first, resolve } = Promise.withResolvers<string>();
  const read = async () => {
    let all = "";
    for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
      all += piece;
      resolve(all);
    }
    resolve(all);
    return all;
  };
  return { first, text: read() };
}
