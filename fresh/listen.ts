import { announce } from "./announce.ts";
import type { ListenOptions } from "./types.ts";

const FIRST_PORT = 8000;
const PORTS = 20;

/** Serves until `options.signal` is aborted; without a port, on the first free one of 8000–8019. */
export function listen(options: ListenOptions, basePath: string, handler: Deno.ServeHandler): void {
  const onListen = options.onListen ?? announce(basePath);
  const first = options.port ?? FIRST_PORT;
  const last = options.port ?? FIRST_PORT + PORTS - 1;
  for (let port = first; port <= last; port++) {
    try {
      Deno.serve({ ...options, port, onListen }, handler);
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse) || port === last) throw error;
    }
  }
}
