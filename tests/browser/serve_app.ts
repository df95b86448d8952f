/** The whole app on a free loopback port, with the modules that a test names. */
import freshConfig from "../../fresh.config.ts";
import { createApp } from "../../lib/server/app_state.ts";
import { Traffic, type TrafficOptions } from "../../lib/server/admission/traffic.ts";
import { Access } from "../../lib/server/entry/guard.ts";
import { createLog } from "../../lib/server/telemetry/log.ts";
import { loadModuleFiles, type ModuleFile } from "../../lib/server/start/module_files.ts";
import { Registry } from "../../lib/server/registry.ts";
import { Sessions } from "../../lib/server/sessions.ts";
import { applyPages } from "../rig/built_pages.ts";
import { endServer } from "../rig/ends.ts";

const ROOT = new URL("../../", import.meta.url);
const EXAMPLES = ["examples/alpaca/mod.ts", "examples/persona_chat/mod.ts"];

export interface ServedApp extends AsyncDisposable {
  /** Such as http://127.0.0.1:40123 */
  readonly origin: string;
}

export interface ServeOptions {
  /** 0 for any free one. */
  readonly port?: number;
  /** What a browser has to show. */
  readonly token?: string;
  /** What generators may read of the environment. */
  readonly env?: (name: string) => string | undefined;
  /** How many runs of a generator work at once, and how many wait. */
  readonly traffic?: TrafficOptions;
}

export async function serveApp(
  modules: readonly ModuleFile[] = [],
  { port = 0, token, env, traffic = {} }: ServeOptions = {},
): Promise<ServedApp> {
  const files = modules.length > 0 ? modules : await loadModuleFiles(EXAMPLES, ROOT);
  const options = { rootUrl: ROOT, cacheDir: ".tmp", traffic: new Traffic(traffic), ...(env && { env }) };
  const registry = new Registry(files, options);
  const stopping = new AbortController();
  const access = new Access({ host: "127.0.0.1", port: 0, allowedHosts: [], ...(token !== undefined && { token }) });
  const log = createLog("silent");
  const sessions = new Sessions({ registry, log });
  const app = createApp(
    { registry, sessions, access, log, servesApi: true, shutdown: stopping.signal },
    freshConfig.app,
  );
  await applyPages(app);
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, app.handler());
  access.port = server.addr.port;
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await registry.close();
      await endServer(server);
    },
  };
}
