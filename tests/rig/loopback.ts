/** Servers that stand in for other programs, on a free port of this machine. */

export interface Loopback {
  readonly port: number;
  /** Such as http://127.0.0.1:40123 */
  readonly origin: string;
  /** Drops what is still open: a request that nobody ends holds up no test. */
  close(): Promise<void>;
}

export function serveLoopback(handler: (request: Request) => Response | Promise<Response>): Loopback {
  const closing = new AbortController();
  const options = { hostname: "127.0.0.1", port: 0, signal: closing.signal, onListen: () => {} };
  const server = Deno.serve(options, handler);
  const { port } = server.addr;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    async close() {
      closing.abort();
      await server.finished;
    },
  };
}

/** A port of loopback that nobody listens on. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
