/**
 * Starts the app on upstream Fresh instead of the folder `fresh/`: copies the tree beside a deno.json whose `fresh`
 * specifiers name the package on JSR, builds it there and serves it. Arguments go to the app.
 */
import { join } from "node:path";

/** The release whose API `fresh/` implements. */
const UPSTREAM = "jsr:@fresh/core@2.3.3";
const META_URL = "https://jsr.io/@fresh/core/meta.json";
const TIMEOUT_MS = 5_000;
/** What a copy goes without: what is made or fetched, and the folder that upstream replaces. */
const LEFT_OUT = new Set([".cache", ".git", ".tmp", "_fresh", "coverage", "deno.lock", "fresh", "node_modules"]);

if (import.meta.main) Deno.exit(await start(Deno.args));

async function start(args: readonly string[]): Promise<number> {
  const problem = await problemWith(META_URL);
  if (problem !== undefined) {
    console.error(
      `Cannot fetch upstream Fresh from ${META_URL}: ${problem}. \`deno task start\` needs nothing from there.`,
    );
    return 1;
  }
  const root = new URL("..", import.meta.url).pathname;
  const copy = join(root, ".cache", "upstream");
  console.log(`Copying the app to ${copy} …`);
  await copyTree(root, copy);
  const config = await Deno.readTextFile(join(root, "deno.json"));
  await Deno.writeTextFile(join(copy, "deno.json"), upstreamConfig(config));
  const code = await run(copy, ["dev.ts", "build"]);
  return code === 0 ? await run(copy, ["main.ts", ...args]) : code;
}

/** Why a URL cannot be fetched, or `undefined` when it can. */
export async function problemWith(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.body?.cancel();
    return response.ok ? undefined : `it answers ${response.status}`;
  } catch (error) {
    const reason = error instanceof Error ? error.cause ?? error : error;
    return reason instanceof Error ? reason.message : String(reason);
  }
}

/** The text of a deno.json whose `fresh` specifiers name upstream Fresh; all else stays. */
export function upstreamConfig(text: string): string {
  const config: { imports: Record<string, string> } = JSON.parse(text);
  const imports = Object.fromEntries(
    Object.entries(config.imports).map(([name, target]) => {
      const [, path] = /^fresh(\/.+)?$/.exec(name) ?? ["", null];
      return [name, path === null ? target : `${UPSTREAM}${path ?? ""}`];
    }),
  );
  return JSON.stringify({ ...config, imports }, null, 2);
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.remove(to, { recursive: true }).catch(() => {}); // The copy of an earlier start.
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (!LEFT_OUT.has(name)) await copyEntry(join(from, name), join(to, name), isDirectory);
  }
}

async function copyEntry(from: string, to: string, isDirectory: boolean): Promise<void> {
  if (!isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const entry of Deno.readDir(from)) {
    await copyEntry(join(from, entry.name), join(to, entry.name), entry.isDirectory);
  }
}

/** Upstream's builder needs more permissions than the app, and names none: it gets all. */
async function run(cwd: string, args: readonly string[]): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), { args: ["run", "-A", ...args], cwd, stdin: "null" }).spawn();
  return (await child.status).code;
}
