/** The folder that indexes are kept in: named after what they were made of, written aside, and bounded in size. */
import { createHash } from "node:crypto";
import { join } from "node:path";

/** Most bytes that all indexes take; the longest unused ones make room. */
const MOST_BYTES = 8 * 2 ** 30;
/** How files begin that are being written, or that hold what does not fit into memory. */
const WRITING = "writing-", SPILL = "spill-";
/** What is older was left by a process that ended meanwhile. */
const ABANDONED_MS = 60 * 60_000;

export class IndexCache {
  readonly folder: string;

  constructor(cacheDir: string) {
    this.folder = join(cacheDir, "index");
  }

  /** Whether this process may write here: asking asks nobody. */
  mayWrite(): boolean {
    const rights = (["read", "write"] as const).map((name) => ({ name, path: this.folder }));
    return rights.every((right) => Deno.permissions.querySync(right).state === "granted");
  }

  /**
   * Where the index of these files is, or would be; a file that changes gets another place.
   * @param layout what the index looks like; its first word ends the name
   * @param reader how the files are read: what others read of them has an index beside
   */
  async place(paths: readonly string[], layout: string, reader = ""): Promise<string> {
    const states = await Promise.all(paths.map(async (path) => {
      const { size, mtime } = await Deno.stat(path);
      return `${size} ${mtime?.getTime()}`;
    }));
    return join(this.folder, `${hash([...paths, reader])}-${hash([layout, ...states])}.${layout.split(" ")[0]}`);
  }

  /** Whether it is there; if so, it counts as just used. */
  async has(place: string): Promise<boolean> {
    try {
      await Deno.utime(place, new Date(), new Date());
      return true;
    } catch {
      return false; // Whatever the reason, it is written anew.
    }
  }

  /** A name to write under, beside its place. */
  async writingPath(): Promise<string> {
    await Deno.mkdir(this.folder, { recursive: true });
    return join(this.folder, `${WRITING}${crypto.randomUUID()}`);
  }

  spillPath(): string {
    return join(this.folder, `${SPILL}${crypto.randomUUID()}`);
  }

  /** Keeps some bytes there. Nothing is lost where that fails: they are found again. */
  async write(place: string, parts: readonly Uint8Array[]): Promise<void> {
    const written = await this.writingPath();
    try {
      await Deno.writeFile(written, ReadableStream.from(parts));
      await this.keep(written, place);
    } catch {
      await Deno.remove(written).catch(() => {}); // It may be the disk that is full.
    }
  }

  /** Puts a whole index in its place, and removes what it replaces, what was abandoned, and what is too much. */
  async keep(written: string, place: string, mostBytes = MOST_BYTES): Promise<void> {
    await Deno.rename(written, place);
    const files = [];
    for await (const { name } of Deno.readDir(this.folder)) {
      const path = join(this.folder, name);
      const stat = await Deno.stat(path).catch(() => undefined); // Another process may have removed it.
      if (stat !== undefined && path !== place) {
        files.push({ path, name, size: stat.size, usedMs: stat.mtime?.getTime() ?? 0 });
      }
    }
    let bytes = (await Deno.stat(place)).size;
    for (const { path, name, size, usedMs } of files.sort((one, other) => other.usedMs - one.usedMs)) {
      const isTemporary = name.startsWith(WRITING) || name.startsWith(SPILL);
      if (!isTemporary) bytes += size;
      const isGone = isTemporary ? Date.now() - usedMs > ABANDONED_MS : bytes > mostBytes || replaces(place, path);
      if (!isGone) continue;
      if (!isTemporary) bytes -= size;
      await Deno.remove(path, { recursive: true }).catch(() => {}); // In use where that hinders it: the next time, then.
    }
  }
}

/** The same files, read in the same way, in an older state. */
function replaces(place: string, other: string): boolean {
  const parts = (path: string) => [path.split("-").slice(0, -1).join("-"), path.split(".").at(-1)].join();
  return parts(place) === parts(other);
}

function hash(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 20);
}
