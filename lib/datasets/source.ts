/** Where the files of datasets are read from: folders and the web. */

/** How long a server may take to begin its answer. */
const TIMEOUT_MS = 30_000;

/** A path beside the module's file, or an address of the web. */
export function sourceUrl(path: string, baseUrl: URL): URL {
  return new URL(path, baseUrl);
}

export function isRemote({ protocol }: URL): boolean {
  return protocol === "http:" || protocol === "https:";
}

/** @throws {Deno.errors.NotFound} when there is no such file; addresses are looked at only when they are opened */
export async function checkSource(url: URL, name: string): Promise<void> {
  if (!isRemote(url)) await orNotFound(Deno.stat(url), name);
}

/** The whole of a file. @throws naming the file and what is wrong with it or with the way to it */
export async function readBytes(url: URL, name: string): Promise<Uint8Array<ArrayBuffer>> {
  if (!isRemote(url)) return await orNotFound(Deno.readFile(url), name);
  const response = await get(url, name);
  return new Uint8Array(await response.arrayBuffer());
}

/** The whole of a file as text, without BOM. @throws {SyntaxError} when it is not UTF-8 */
export async function readText(url: URL, name: string): Promise<string> {
  const bytes = await readBytes(url, name);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new SyntaxError(`Cannot read "${name}": it is not valid UTF-8`);
  }
}

/** Bytes of a local file. @throws {RangeError} when it ends before them */
export async function readPart(url: URL, start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(url);
  await file.seek(start, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) throw new RangeError(`the file ends at byte ${start + at}: it has changed since it was opened`);
    at += read;
  }
  return bytes;
}

/** An answer of the web that is there. @throws naming the address and the reason */
export async function get(url: URL, name: string, headers: Record<string, string> = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new Error(`Cannot open "${name}": start with --allow-net=${url.host} too`);
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot open "${name}": ${url.host} cannot be reached (${reason})`, { cause: error });
  }
  if (response.ok) return response;
  await response.body?.cancel();
  throw new Error(`Cannot open "${name}": ${url.host} answers ${response.status}`);
}

export async function orNotFound<Result>(found: Promise<Result>, name: string): Promise<Result> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new Deno.errors.NotFound(`Cannot open "${name}": no such file`);
    throw error;
  }
}
