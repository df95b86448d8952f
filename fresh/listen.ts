import { announce } from "./announce.ts";
import type { ListenOptions } from "./types.ts";

const FIRST_PORT = 8000;
const PORTS = 20;

/** Serves until `options.signal` is aborted; without a port, on the first free one of 8000–8019. */
export function listen(options: ListenOptions, basePath: string, handler: Deno.ServeHandler): void {
  const onListen = options.onListen ?? announce(basePath);
  const last = FIRST_PORT + PORTS - 1;
  for (let port = options.port ?? FIRST_PORT; port <= last; port++) {
    try {
      Deno.serve({ ...options, port, onListen }, handler);
      return;
    } catch (error) {
      const isTaken = error instanceof Deno.errors.AddrInUse;
      if (!isTaken || options.port !== undefined || port === last) throw error;
    }
  }
}
