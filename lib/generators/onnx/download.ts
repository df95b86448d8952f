/**
 * One file from a server to a folder: over https, up to a size, with the hash that was asked for, and under its name only
 * when it is whole.
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { thrownText } from "../../lm/thrown.ts";

const MOST_REDIRECTS = 5;
const SILENCE_MS = 60_000;
/** Progress is told so often in a file. */
const TOLD = 100;

export interface Download {
  readonly url: URL;
  readonly path: string;
  /** Sent to the first address alone, and to none that it leads to. */
  readonly token?: string | undefined;
  /** Wanted SHA-256, as 64 hexadecimal digits; undefined: any. */
  readonly sha256?: string | undefined;
  readonly mostBytes: number;
  /** Longest silence of the server. */
  readonly silenceMs?: number;
  /** @param fraction 0 to 1; 1 alone, when the server does not tell the size */
  readonly onProgress?: (fraction: number) => void;
}

export interface Downloaded {
  readonly sha256: string;
  readonly bytes: number;
  /** What the server says of the version that it comes from. */
  readonly commit?: string;
}

/** What the bytes of a file are not. */
export class HashError extends Error {
  override readonly name = "HashError";
}

/**
 * @returns undefined when the server has no such file
 * @throws {HashError} when it is another file than the hash's
 * @throws {RangeError} when it is too large
 * @throws {Error} with the reason why it cannot be had; nothing of it is left then
 */
export async function download(request: Download): Promise<Downloaded | undefined> {
  const silence = new Silence(request.silenceMs ?? SILENCE_MS);
  const { response, commit } = await follow(request, silence);
  if (response.status === 404 || !response.ok) {
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    throw new Error(answerReason(response.status, request));
  }
  await Deno.mkdir(dirname(request.path), { recursive: true });
  const part = `${request.path}.part-${crypto.randomUUID()}`;
  try {
    const written = await write(response, part, request, silence);
    if (request.sha256 !== undefined && written.sha256 !== request.sha256) {
      throw new HashError(`expected SHA-256 ${request.sha256}, got ${written.sha256}`);
    }
    await Deno.rename(part, request.path);
    return { ...written, ...(commit !== undefined && { commit }) };
  } finally {
    // Of one that is refused by its size nothing was read: the server need not go on sending it.
    if (!response.bodyUsed) await response.body?.cancel();
    await Deno.remove(part).catch(() => {}); // It has its name, or was never begun.
  }
}

/** Goes where the server leads, step by step, as each step must be one that is allowed. */
async function follow({ url: first, token }: Download, silence: Silence) {
  let url = first, commit: string | undefined;
  for (let step = 0; step <= MOST_REDIRECTS; step++) {
    checkAddress(url, first);
    const headers: HeadersInit = token !== undefined && url.origin === first.origin
      ? { authorization: `Bearer ${token}` }
      : {};
    const response = await answerOf(url, headers, silence);
    commit ??= response.headers.get("x-repo-commit") ?? undefined;
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) return { response, commit };
    await response.body?.cancel();
    url = new URL(location, url);
  }
  throw new Error(`${first.host} led on more than ${MOST_REDIRECTS} times`);
}

/** Subtle: a server of this machine may do without https, and then lead to itself alone. */
function checkAddress({ protocol, hostname, origin, host }: URL, first: URL): void {
  if (protocol === "https:") return;
  const isHere = protocol === "http:" && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(hostname);
  if (isHere && origin === first.origin) return;
  throw new Error(`${host || protocol} is not reached over https`);
}

async function answerOf(url: URL, headers: HeadersInit, silence: Silence): Promise<Response> {
  silence.begin(url.host);
  try {
    return await fetch(url, { headers, redirect: "manual", signal: silence.signal });
  } catch (error) {
    silence.signal.throwIfAborted();
    if (error instanceof Deno.errors.NotCapable) {
      throw new Error(`add "${url.host}" to "net" of the task's permissions in deno.json`);
    }
    const reason = thrownText(error);
    throw new Error(`${url.host} cannot be reached (${reason})`, { cause: error });
  } finally {
    silence.end();
  }
}

/** Aborts its signal once a server has said nothing for long. */
class Silence {
  readonly #controller = new AbortController();
  readonly signal = this.#controller.signal;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly mostMs: number) {}

  begin(host: string): void {
    const reason = new Error(`${host} sent nothing for ${this.mostMs / 1000} s`);
    this.#timer = setTimeout(() => this.#controller.abort(reason), this.mostMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** Subtle: a hub answers 401 for what does not exist too, so that nobody learns what is private. */
function answerReason(status: number, { url: { host }, token }: Download): string {
  if (status === 403) return "it is private or gated: set HF_TOKEN to a token that may read it";
  if (status !== 401) return `${host} answers ${status}`;
  return token === undefined
    ? "there is no such model, or it is private or gated: then set HF_TOKEN to a token that may read it"
    : "HF_TOKEN is not accepted, or there is no such model";
}

async function write(
  { headers, body }: Response,
  path: string,
  { mostBytes, url, onProgress }: Download,
  silence: Silence,
): Promise<Downloaded> {
  const size = Number(headers.get("content-length") ?? Number.NaN);
  const hash = createHash("sha256");
  let bytes = 0, told = 0;
  checkSize(size, mostBytes);
  using file = await Deno.open(path, { write: true, createNew: true });
  for await (
    const piece of unlessQuiet(body ?? new ReadableStream({ start: (all) => all.close() }), silence, url.host)
  ) {
    bytes += piece.length;
    checkSize(bytes, mostBytes);
    hash.update(piece);
    for (let done = 0; done < piece.length;) done += await file.write(piece.subarray(done));
    // Never, when the size is not known.
    if (!(bytes - told >= size / TOLD)) continue;
    told = bytes;
    onProgress?.(bytes / size);
  }
  if (bytes < size) throw new Error(`${url.host} sent ${bytes} bytes of ${size}`);
  onProgress?.(1);
  return { sha256: hash.digest("hex"), bytes };
}

/** @throws {RangeError} when a file is larger than what is left for it */
export function checkSize(bytes: number, mostBytes: number): void {
  if (bytes > mostBytes) throw new RangeError(`it is larger than the ${mostBytes} bytes that are left for it`);
}

/** Gives up on a server that says nothing any more. */
async function* unlessQuiet(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  silence: Silence,
  host: string,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  // Subtle: Deno 2.9.6 may collect what hands the signal from a `fetch` to its answer.
  const heard = body.pipeThrough(new TransformStream(), { signal: silence.signal });
  silence.begin(host);
  try {
    for await (const piece of heard) {
      silence.end();
      yield piece;
      silence.begin(host);
    }
  } finally {
    silence.end();
  }
}
