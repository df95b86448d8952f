/** From settings to a listening app, and its end. */
import type { Services } from "../app_state.ts";
import type { Config } from "../config.ts";
import { ConfigError } from "../setting_values.ts";
import { watchLoop } from "../telemetry/loop_lag.ts";
import { rightsLine } from "./permissions.ts";
import { startLines } from "./start_lines.ts";
import { thrownText } from "../../lm/thrown.ts";

/** Time for streams to end when the app is told to stop; Deno Deploy kills after 5 s. */
const GRACE_MS = 2_500;

export type Handler = (request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>) => Response | Promise<Response>;

/**
 * Listens until SIGINT or SIGTERM, then ends streams, closes generators and resolves.
 * @param stop aborts `services.shutdown`
 * @throws {ConfigError} when the address is taken, is not of this machine, or may not be used
 */
export async function serve(config: Config, services: Services, handler: Handler, stop: () => void): Promise<void> {
  const server = listen(config, handler);
  const { port } = server.addr;
  services.access.port = port;
  const code = services.access.needsToken ? services.access.newCode() : undefined;
  const readiness = services.registry.ready();
  const rights = rightsLine(readiness.generators.map(({ kind }) => kind), config.cacheDir);
  const lines = startLines({ config, port, readiness, rights, code });
  // Subtle: whoever reads the address may tell the app to end at once.
  const told = signalled();
  if (config.log !== "silent") console.log(lines.join("\n"));
  const unwatch = watchLoop(services.log, services.registry.traffic.counters);
  await told;
  unwatch();
  stop();
  services.sessions.close();
  await Promise.race([server.shutdown(), after(GRACE_MS)]);
  await Promise.race([services.registry.close(), after(GRACE_MS / 2)]);
}

function listen({ host, port }: Config, handler: Handler): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ hostname: host, port, onListen: () => {} }, handler);
  } catch (error) {
    throw new ConfigError(`Cannot listen on ${host}, port ${port}: ${reasonOf(error, host)}`, { cause: error });
  }
}

function reasonOf(error: unknown, host: string): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return "another program uses it; set PORT or --port to another, or to 0 for any free one";
  }
  if (error instanceof Deno.errors.AddrNotAvailable) return "it is no address of this machine";
  if (error instanceof Deno.errors.NotCapable) {
    return `add "${host}" to "net" of the task's permissions in deno.json`;
  }
  if (error instanceof Deno.errors.PermissionDenied) return "the system refuses it; ports below 1024 are reserved";
  return thrownText(error);
}

function signalled(): Promise<void> {
  // Windows knows no SIGTERM.
  const signals: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  return new Promise((resolve) => {
    const onSignal = () => {
      for (const signal of signals) Deno.removeSignalListener(signal, onSignal);
      resolve();
    };
    for (const signal of signals) Deno.addSignalListener(signal, onSignal);
  });
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => Deno.unrefTimer(setTimeout(resolve, ms)));
}
