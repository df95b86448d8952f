/** The app. `_fresh/server.js` imports it; run by itself, it serves what `deno task build` has made. */
import freshConfig from "./fresh.config.ts";
import { createApp, type Services } from "./lib/server/app_state.ts";
import { type Config, readConfig, readSecret } from "./lib/server/config.ts";
import { ConfigError } from "./lib/server/setting_values.ts";
import { helpText } from "./lib/server/settings.ts";
import { Access } from "./lib/server/entry/guard.ts";
import { createLog } from "./lib/server/telemetry/log.ts";
import { loadModuleFiles, ModuleFileError } from "./lib/server/start/module_files.ts";
import { openBudget } from "./lib/server/admission/open_budget.ts";
import { dropImports, dropPermissions } from "./lib/server/start/permissions.ts";
import { Registry } from "./lib/server/registry.ts";
import { Sessions } from "./lib/server/sessions.ts";
import { type Handler, serve } from "./lib/server/start/serve.ts";
import { sourceLines } from "./lib/server/start/start_lines.ts";
import { logStrayErrors } from "./lib/server/start/stray_errors.ts";
import { openTracer } from "./lib/server/telemetry/tracing.ts";
import { Traffic } from "./lib/server/admission/traffic.ts";

const stopping = new AbortController();
const config = orExit(() => readConfig());
if (config === "help") {
  console.log(helpText());
  Deno.exit(0);
}
if (config.isDeployed) dropPermissions();
const services = await prepare(config).catch(exit);

export const app = createApp(services, freshConfig.app);

/** What `deno task dev` tells of generators and splits, as a start does. */
export const sources = sourceLines(services.registry.ready(), config);

if (import.meta.main) start(config).then(() => Deno.exit(0), exit);

async function prepare(config: Config): Promise<Services> {
  const rootUrl = new URL(".", import.meta.url);
  const files = await loadModuleFiles(config.modules, rootUrl);
  if (config.isDeployed) dropImports();
  const registry = new Registry(files, {
    rootUrl,
    cacheDir: config.cacheDir,
    isPublic: config.isDeployed,
    env: readSecret,
    traffic: new Traffic(config),
    signal: stopping.signal,
    ...(await openBudget(config)),
    ...(config.isTraced && { tracer: openTracer() }),
  });
  await registry.check();
  const log = createLog(config.log, { hasMessages: config.logsContent });
  logStrayErrors(log);
  const sessions = new Sessions({ registry, log });
  return {
    registry,
    sessions,
    access: new Access(config),
    log,
    servesApi: config.servesApi,
    shutdown: stopping.signal,
  };
}

/** Subtle: the build is named by a URL made at run time, so that the app type-checks before its first build. */
async function start(config: Config): Promise<void> {
  const built: { default: { fetch: Handler } } = await import(new URL("./_fresh/server.js", import.meta.url).href);
  await serve(config, services, built.default.fetch, () => stopping.abort());
}

/** One sentence for what the person who starts the app can mend; anything else is a bug and shows its stack. */
function exit(error: unknown): never {
  const isKnown = error instanceof ConfigError || error instanceof ModuleFileError;
  console.error(isKnown ? error.message : error);
  Deno.exit(isKnown ? 2 : 1);
}

function orExit<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    return exit(error);
  }
}
