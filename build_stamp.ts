/** Whether the build is older than what it was made of. */

/** Everything that a build reads, directly or through an import. */
const SOURCES = [
  "routes",
  "islands",
  "lib",
  "fresh",
  "static",
  "deno.json",
  "deno.lock",
  "fresh.config.ts",
  "twind.build.ts",
  "twind.config.ts",
  "main.ts",
];
/** Made by the build itself. */
const MADE = "static/twind.css";
const STAMP = new URL("./_fresh/sources.sha256", import.meta.url);

/** True when there is no build, or a source differs from those it was made of. */
export async function isStale(): Promise<boolean> {
  const [known, current] = await Promise.all([readStamp(), hashSources()]);
  return known !== current;
}

/** Remembers the sources that the build in `_fresh` was just made of. */
export async function stampBuild(): Promise<void> {
  await Deno.writeTextFile(STAMP, await hashSources());
}

async function readStamp(): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(STAMP);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Subtle: by content and not by time, as a checkout or an unpacked archive sets times as it likes. */
async function hashSources(): Promise<string> {
  const paths: string[] = [];
  for (const source of SOURCES) await collect(source, paths);
  const lines = await Promise.all(paths.sort().map(async (path) => `${path} ${await hashFile(path)}`));
  return await hash(new TextEncoder().encode(lines.join("\n")));
}

async function collect(path: string, paths: string[]): Promise<void> {
  if (path === MADE) return;
  const info = await Deno.stat(urlOf(path)).catch(() => undefined); // Not every source has to be there.
  if (info?.isFile === true) paths.push(path);
  else if (info?.isDirectory === true) {
    for await (const entry of Deno.readDir(urlOf(path))) await collect(`${path}/${entry.name}`, paths);
  }
}

async function hashFile(path: string): Promise<string> {
  return await hash(await Deno.readFile(urlOf(path)));
}

async function hash(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

function urlOf(path: string): URL {
  return new URL(path.split("/").map(encodeURIComponent).join("/"), new URL(".", import.meta.url));
}
