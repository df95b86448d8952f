/** Requests to one server: they go where it was checked that they may go, and nowhere else. */
import { UpstreamError } from "./upstream_error.ts";

/**
 * Called before each request. Gives the address to connect to, or undefined where the runtime may look up the name itself.
 * @throws when requests may not go there now
 */
export type CheckPlace = () => Promise<string | undefined>;

/** Longer lines than this are no event, but a server gone wrong. */
const LONGEST_LINE_BYTES = 4 * 2 ** 20;
/** Of an answer that is one JSON value, most often in one line: the probabilities of a long text take 1 KB a token. */
const LONGEST_JSON_BYTES = 64 * 2 ** 20;

export class GuardedFetch {
  readonly #checkPlace: CheckPlace | undefined;
  #bound: { readonly to: string; readonly client: Deno.HttpClient } | undefined;

  constructor(checkPlace: CheckPlace | undefined) {
    this.#checkPlace = checkPlace;
  }

  /**
   * Subtle: a name can change its address between a look and the connection, so that what was checked would not be what is
   * reached. Therefore the connection is made to the checked address; the request still names the host.
   * @throws {UpstreamError} for a redirect, which is not followed, so that the key reaches its own origin only
   */
  async fetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const address = await this.#checkPlace?.();
    const options: RequestInit = { ...init, redirect: "manual" };
    const response = address === undefined
      ? await fetch(input, options)
      : await fetch(input, { ...options, client: this.#clientTo(address, input) });
    if (response.status < 300 || response.status >= 400) {
      return limited(response, new URL(input instanceof Request ? input.url : input).host, init.signal);
    }
    await response.body?.cancel();
    throw new UpstreamError(
      "The server sends requests elsewhere (a redirect), which is not followed: mend the base URL",
    );
  }

  close(): void {
    this.#bound?.client.close();
    this.#bound = undefined;
  }

  /** Answers that are still read go on when the client of an earlier address is closed. */
  #clientTo(address: string, input: string | URL | Request): Deno.HttpClient {
    const { port } = new URL(input instanceof Request ? input.url : input);
    const hostname = address.includes(":") ? `[${address}]` : address;
    const to = `${hostname}:${port || 80}`;
    if (this.#bound?.to !== to) {
      this.close();
      const proxy = { transport: "tcp", hostname, port: Number(port || 80) } as const;
      this.#bound = { to, client: Deno.createHttpClient({ proxy }) };
    }
    return this.#bound.client;
  }
}

/**
 * Subtle: a stream is read as one under whatever type it comes, so all but JSON has its lines counted. The signal stands
 * here too, as Deno 2.9.6 may collect what hands it from a `fetch` to its answer: nobody would tell the server then.
 */
function limited(response: Response, host: string, signal: AbortSignal | null | undefined): Response {
  if (response.body === null) return response;
  const isJson = /^application\/(?:[\w.+-]+\+)?json\b/i.test(response.headers.get("content-type") ?? "");
  const limit = isJson ? LONGEST_JSON_BYTES : LONGEST_LINE_BYTES;
  const fault = isJson
    ? `${host} sent more than ${LONGEST_JSON_BYTES / 2 ** 20} MiB in one answer`
    : `${host} sent a line that does not end`;
  let bytes = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const end = isJson ? -1 : chunk.lastIndexOf(10);
        bytes = end < 0 ? bytes + chunk.length : chunk.length - end - 1;
        if (bytes <= limit) return controller.enqueue(chunk);
        controller.error(new UpstreamError(fault));
      },
    }),
    signal ? { signal } : {},
  );
  const { status, statusText, headers } = response;
  return new Response(counted, { status, statusText, headers });
}
