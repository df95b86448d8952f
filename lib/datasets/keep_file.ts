/** A file that is fetched gets its name when it is whole, whoever else fetches it at the same time. */

/** Between the name of a file and what tells its writers apart. */
const PART = ".part", PART_NAME = /^\.part(-[\w-]+)?$/;
/** A part that nobody has written to for so long was left by a process that ended meanwhile. */
const ABANDONED_MS = 60 * 60_000;
/** Longest silence of who sends it. */
const SILENT_MS = 60_000;

interface Fetched {
  /** Of all of it. */
  readonly bytes: number;
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Told how many bytes have come each time that some come. */
  readonly onBytes?: (bytes: number) => void;
  readonly silentMs?: number;
}

/**
 * Writes a file aside and puts it in its place; what an earlier try left there is removed.
 * @throws {RangeError} when it ends early or nothing comes any more; nothing of it is left then
 */
export async function keepFile(place: URL, fetched: Fetched): Promise<void> {
  const folder = new URL(".", place), name = place.href.slice(folder.href.length);
  await Deno.mkdir(folder, { recursive: true });
  await removeAbandoned(folder, decodeURIComponent(name));
  // Subtle: another process may write the same file now, and two that write under one name would spoil it.
  const part = new URL(`${place.href}${PART}-${crypto.randomUUID()}`);
  try {
    await write(part, fetched);
    await Deno.rename(part, place);
  } finally {
    await Deno.remove(part).catch(() => {}); // It has its name, or was never begun.
  }
}

async function removeAbandoned(folder: URL, name: string): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    // Subtle: another file of the data set may be called `a.part-1.csv` beside one that is called `a`.
    if (!entry.name.startsWith(name) || !PART_NAME.test(entry.name.slice(name.length))) continue;
    const path = new URL(encodeURIComponent(entry.name), folder);
    const { mtime } = await Deno.stat(path).catch(() => ({ mtime: null })); // Another process may have removed it.
    if (mtime !== null && Date.now() - mtime.getTime() > ABANDONED_MS) await Deno.remove(path).catch(() => {});
  }
}

async function write(part: URL, { bytes, stream, onBytes, silentMs = SILENT_MS }: Fetched): Promise<void> {
  using file = await Deno.open(part, { write: true, createNew: true });
  const reader = stream.getReader();
  let come = 0, timer: ReturnType<typeof setTimeout> | undefined;
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void reader.cancel().catch(() => {}), silentMs); // It ends the reading below.
  };
  try {
    watch();
    for (let next = await reader.read(); next.value !== undefined; next = await reader.read()) {
      for (let done = 0; done < next.value.length;) done += await file.write(next.value.subarray(done));
      come += next.value.length;
      onBytes?.(next.value.length);
      watch();
    }
  } finally {
    clearTimeout(timer);
    reader.cancel().catch(() => {}); // It may have broken off by itself.
  }
  if (come !== bytes) throw new RangeError(`${come} of ${bytes} bytes came`);
}
