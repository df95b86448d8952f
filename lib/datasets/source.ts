/** Where the files of datasets are read from: folders and the web. */
import { thrownText } from "../lm/thrown.ts";

/** How long a server may take to begin its answer. */
const TIMEOUT_MS = 30_000;
const NEW_LINE = 10;

/** A path beside the module's file, or an address of the web. */
export function sourceUrl(path: string, baseUrl: URL): URL {
  return new URL(path, baseUrl);
}

export function isRemote({ protocol }: URL): boolean {
  return protocol === "http:" || protocol === "https:";
}

/** @throws naming the file and why it cannot be read; addresses are looked at only when they are opened */
export async function checkSource(url: URL, name: string): Promise<void> {
  if (!isRemote(url)) await fileState(url, name);
}

/** What tells whether a file is still the same. */
export interface FileState {
  /** In bytes. */
  readonly size: number;
  /** When it was written; absent where the system does not tell. */
  readonly writtenMs: number | undefined;
}

/** Of a local file. @throws naming it and why it cannot be read */
export async function fileState(url: URL, name: string): Promise<FileState> {
  const info = await told(Deno.stat(url), name), { isFile, isDirectory } = info;
  if (isFile) return stateOf(info);
  throw new TypeError(`Cannot open "${name}": it is ${isDirectory ? "a folder" : "a device"}, expected a file`);
}

function stateOf({ size, mtime }: Deno.FileInfo): FileState {
  return { size, writtenMs: mtime?.getTime() };
}

/** The whole of a file. @throws naming the file and what is wrong with it or with the way to it */
export async function readBytes(url: URL, name: string): Promise<Uint8Array<ArrayBuffer>> {
  if (!isRemote(url)) {
    await fileState(url, name);
    return await told(Deno.readFile(url), name);
  }
  const response = await get(url, name);
  return new Uint8Array(await response.arrayBuffer());
}

export interface FileText {
  /** Without BOM. */
  readonly text: string;
  /** Numbers, from 1, of the lines that are not UTF-8; what is wrong in them is replaced. */
  readonly broken: ReadonlySet<number>;
}

/** The whole of a file as text. @throws {SyntaxError} when it is something else than text */
export async function readText(url: URL, name: string): Promise<FileText> {
  const bytes = await readBytes(url, name);
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), broken: new Set() };
  } catch {
    checkText(bytes, name);
    return { text: new TextDecoder().decode(bytes), broken: brokenLines(bytes) };
  }
}

/** What files that are no text begin with. */
const MARKS: readonly (readonly [bytes: readonly number[], what: string])[] = [
  [[0x1f, 0x8b], "it is compressed by gzip: unpack it first"],
  [[0x28, 0xb5, 0x2f, 0xfd], "it is compressed by zstd: unpack it first"],
  [[0x50, 0x4b, 0x03, 0x04], "it is a zip archive: unpack it first"],
  [[0x50, 0x41, 0x52, 0x31], "it is a Parquet file: read it with parquet()"],
  [[0xff, 0xfe], "it is UTF-16, expected UTF-8"],
  [[0xfe, 0xff], "it is UTF-16, expected UTF-8"],
];

/** @throws {SyntaxError} saying what a file is whose first bytes are those of something else than text */
export function checkText(bytes: Uint8Array, name: string): void {
  const mark = MARKS.find(([start]) => start.every((byte, at) => bytes[at] === byte));
  if (mark !== undefined) throw new SyntaxError(`Cannot read "${name}": ${mark[1]}`);
}

function brokenLines(bytes: Uint8Array): ReadonlySet<number> {
  const decoder = new TextDecoder("utf-8", { fatal: true }), broken = new Set<number>();
  for (let at = 0, line = 1; at < bytes.length; line++) {
    const found = bytes.indexOf(NEW_LINE, at), end = found < 0 ? bytes.length : found;
    try {
      decoder.decode(bytes.subarray(at, end));
    } catch {
      broken.add(line);
    }
    at = end + 1;
  }
  return broken;
}

/** Bytes of a local file. @throws {RangeError} when it is no longer the one that it was when it was opened */
export async function readPart(
  url: URL,
  start: number,
  length: number,
  opened: FileState,
): Promise<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(url);
  return await readPartOf(file, start, length, opened);
}

/**
 * The same of an open file, one part at a time. Subtle: to seek takes no time, and reading begins at once after it.
 * @param bytes memory to read into, of that length
 */
export async function readPartOf(
  file: Deno.FsFile,
  start: number,
  length: number,
  opened: FileState,
  bytes = new Uint8Array(length),
): Promise<Uint8Array<ArrayBuffer>> {
  file.seekSync(start, Deno.SeekMode.Start);
  for (let at = 0; at < length;) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) throw new RangeError(`the file ends at byte ${start + at}: it has changed since it was opened`);
    at += read;
  }
  // Subtle: after it was read, so that what is written meanwhile is seen too.
  const { size, writtenMs } = stateOf(file.statSync());
  if (size !== opened.size || writtenMs !== opened.writtenMs) {
    throw new RangeError("it has changed since it was opened: start the app again to read it as it is now");
  }
  return bytes;
}

/** An answer of the web that is there. @throws naming the address and the reason */
export async function get(url: URL, name: string, headers: Record<string, string> = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetchSoon(url, { headers });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new Error(`Cannot open "${name}": add "${url.host}" to "net" of the task's permissions in deno.json`);
    }
    const reason = thrownText(error);
    throw new Error(`Cannot open "${name}": ${url.host} cannot be reached (${reason})`, { cause: error });
  }
  if (response.ok) return response;
  await response.body?.cancel();
  throw new Error(`Cannot open "${name}": ${url.host} answers ${response.status}`);
}

/** `fetch` that gives up on a server that does not begin to answer; what it then sends may take its time. */
export async function fetchSoon(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
  try {
    const signals = [late.signal, ...(init.signal ? [init.signal] : [])];
    return await fetch(input, { ...init, signal: AbortSignal.any(signals) });
  } finally {
    clearTimeout(timer);
  }
}

/** What was found, or an error that names the file and says in words why it cannot be read. */
export async function told<Result>(found: Promise<Result>, name: string): Promise<Result> {
  try {
    return await found;
  } catch (error) {
    const reason = whyUnreadable(error);
    if (reason === undefined) throw error;
    if (error instanceof Deno.errors.NotFound) {
      throw new Deno.errors.NotFound(`Cannot open "${name}": ${reason}; names start at the module's own folder`);
    }
    throw new TypeError(`Cannot open "${name}": ${reason}`, { cause: error });
  }
}

/** Why a file cannot be read, without its place on this machine; undefined for what is no matter of files. */
export function whyUnreadable(error: unknown): string | undefined {
  if (error instanceof Deno.errors.NotFound) return "no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "this user may not read it";
  if (error instanceof Deno.errors.NotCapable) {
    return 'the app may read its own folder only; add others to "read" of the task\'s permissions in deno.json';
  }
  if (error instanceof Deno.errors.FilesystemLoop) return "it is a link that leads back to itself";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder, expected a file";
  return undefined;
}
