/** A copy of the project as a checkout has it, without anything that was installed, built or fetched. */
import { join } from "node:path";

const ROOT = new URL("../../", import.meta.url).pathname;
const LEFT_OUT = new Set([".cache", ".git", ".tmp", "_fresh", "coverage", "node_modules"]);
/** An address at which nothing listens: what would leave this machine fails at once. */
const NOWHERE = "http://127.0.0.1:9";
/** What runs longer is ended, and has then failed. */
const MOST_MS = 5 * 60_000;

export interface CleanCopy extends AsyncDisposable {
  readonly url: URL;
  /** Runs Deno in it with the network closed, and gives what it printed. */
  deno(...args: string[]): Promise<Ran>;
  /** Installs what its deno.json names, from the network where the cache lacks it. */
  install(): Promise<Ran>;
  /** Changes its deno.json. */
  configure(change: (config: Config) => void): Promise<void>;
}

interface Ran {
  readonly success: boolean;
  readonly output: string;
}

interface Config {
  imports: Record<string, string>;
}

/** @param folders those at the top that the copy goes without, besides */
export async function cleanCopy({ without = [] }: { readonly without?: readonly string[] } = {}): Promise<CleanCopy> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  await copy(ROOT, folder, new Set([...LEFT_OUT, ...without]));
  return {
    url: new URL(`file://${folder}/`),
    async deno(...args) {
      const { HOME = "/", DENO_DIR } = Deno.env.toObject();
      const closed = { HTTPS_PROXY: NOWHERE, HTTP_PROXY: NOWHERE, NO_PROXY: "127.0.0.1,localhost" };
      // Subtle: tests with a browser leave settings behind that forbid running a program by its name alone.
      const env = { HOME, ...(DENO_DIR !== undefined && { DENO_DIR }), NO_COLOR: "1", ...closed };
      return await run({ args, cwd: folder, clearEnv: true, env });
    },
    install: () => run({ args: ["install"], cwd: folder, env: { NO_COLOR: "1" } }),
    async configure(change) {
      const path = join(folder, "deno.json");
      const config = JSON.parse(await Deno.readTextFile(path));
      change(config);
      await Deno.writeTextFile(path, JSON.stringify(config, null, 2));
    },
    async [Symbol.asyncDispose]() {
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function run(options: Deno.CommandOptions): Promise<Ran> {
  const signal = AbortSignal.timeout(MOST_MS);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { ...options, signal }).output();
  return { success, output: [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n") };
}

async function copy(from: string, to: string, leftOut: ReadonlySet<string>): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (leftOut.has(name)) continue;
    if (!isDirectory) {
      await Deno.copyFile(join(from, name), join(to, name));
      continue;
    }
    await Deno.mkdir(join(to, name));
    await copy(join(from, name), join(to, name), new Set());
  }
}
