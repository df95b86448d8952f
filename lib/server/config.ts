/** The settings of the app, and the only reader of the environment. */
import { parseArgs } from "node:util";
import type { BudgetLimits } from "./admission/budget.ts";
import type { LogLevel } from "./telemetry/log.ts";
import {
  ConfigError,
  parseAllowedHost,
  parseBudget,
  parseCount,
  parseHost,
  parseLevel,
  parseList,
  parsePort,
  parseProxy,
  parseSwitch,
  type ProxyConfig,
} from "./setting_values.ts";
import { DEFAULT_MODULES, DEPLOYED_MODULES, type Setting, type SettingName, SETTINGS } from "./settings.ts";

export interface Config {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly host: string;
  /** Module files as they were given, relative to the folder that the app was started from. */
  readonly modules: readonly string[];
  /** What a client must show; absent when only this machine reaches the app. */
  readonly token?: string;
  /** The proxy in front of the app that has checked who calls; absent without one. */
  readonly proxy?: ProxyConfig;
  readonly cacheDir: string;
  /** Caps on what clients may spend at servers that bill tokens; without any there is no budget. */
  readonly budget: BudgetLimits;
  /** Whether models that run here are served under /v1 as OpenAI's API. */
  readonly servesApi: boolean;
  /** Runs that one model works on at once; 1 to 256. */
  readonly slots: number;
  /** Runs that may wait for it; 0 turns away what finds no free slot. */
  readonly queue: number;
  /** How long a run may lie unread before it is given up. */
  readonly deadlines: { readonly stallMs: number };
  /** Whether this is Deno Deploy. */
  readonly isDeployed: boolean;
  /** Whether Deno exports what OpenTelemetry is told. */
  readonly isTraced: boolean;
  /** Names under which the app may be called, besides its own address; with or without a port. */
  readonly allowedHosts: readonly string[];
  readonly log: LogLevel;
  /** Whether the log may hold messages of failures, and so what somebody wrote. */
  readonly logsContent: boolean;
}

const TOKEN_LENGTH = 16;

/**
 * Settings from flags and the environment.
 * @returns "help" when `--help` is among the flags
 * @throws {ConfigError} for an unknown flag, a malformed value, or an address that others reach without a token
 */
export function readConfig(
  args: readonly string[] = Deno.args,
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
): Config | "help" {
  const { flags, files, help } = parseFlags(args);
  if (help) return "help";
  const read = (name: SettingName): string => {
    const setting: Setting = SETTINGS[name];
    return flags.get(setting.flag) ?? (env(setting.env) || setting.fallback || "");
  };
  const isDeployed = env("DENO_DEPLOY") === "true" || (env("DENO_DEPLOYMENT_ID") ?? "") !== "";
  const given = flags.get(SETTINGS.modules.flag) ?? env(SETTINGS.modules.env);
  const modules = given || (isDeployed ? DEPLOYED_MODULES : DEFAULT_MODULES);
  const token = read("token");
  const proxy = parseProxy(read("proxy"), read("proxyHeader"));
  const config: Config = {
    isDeployed,
    isTraced: env("OTEL_DENO") === "true",
    port: parsePort(read("port")),
    host: parseHost(read("host")),
    modules: files.length > 0 ? files : parseList(modules),
    ...(token === "" ? {} : { token }),
    ...(proxy === undefined ? {} : { proxy }),
    cacheDir: read("cache"),
    budget: parseBudget({
      tokensPerDay: read("dailyTokens"),
      clientTokensPerDay: read("clientDailyTokens"),
      clientRequestsPerMinute: read("clientMinuteRequests"),
    }),
    servesApi: parseSwitch("VISUALLM_SERVE_API", read("serveApi")),
    slots: parseCount("VISUALLM_SLOTS", read("slots"), { min: 1, max: 256 }),
    queue: parseCount("VISUALLM_QUEUE", read("queue"), { min: 0, max: 1024 }),
    deadlines: { stallMs: parseCount("VISUALLM_STALL_SECONDS", read("stall"), { min: 1, max: 600 }) * 1000 },
    allowedHosts: parseList(read("allowedHosts")).map(parseAllowedHost),
    log: parseLevel(read("log")),
    logsContent: parseSwitch("VISUALLM_LOG_CONTENT", read("logContent")),
  };
  if (isDeployed && token === "") {
    throw new ConfigError(
      "Cannot run on Deno Deploy without VISUALLM_TOKEN, as anyone could then spend the key's money",
    );
  }
  checkAccess(config);
  return config;
}

/**
 * A key or an address that a generator names. It is read when it is needed and kept nowhere.
 * @throws {ConfigError} when the app was started without leave to read it
 */
export function readSecret(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new ConfigError(`Cannot read ${name}: add it to "env" of the task's permissions in deno.json`);
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

function parseFlags(args: readonly string[]) {
  const names = Object.values(SETTINGS).map((setting) => setting.flag);
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...options, help: { type: "boolean" } },
      allowPositionals: true,
    });
    const flags = new Map<string, string>();
    for (const [name, value] of Object.entries(values)) if (typeof value === "string") flags.set(name, value);
    return { flags, files: positionals, help: values.help === true };
  } catch (error) {
    const message = error instanceof Error ? error.message.split(". ")[0] : String(error);
    const advice = args.some((arg) => arg.startsWith("--allow-"))
      ? `What the app may do stands in deno.json, under "permissions".`
      : "Run with --help to see them all.";
    throw new ConfigError(`Cannot read the flags: ${message}. ${advice}`);
  }
}

function checkAccess({ host, token, proxy }: Config): void {
  if (token !== undefined && proxy !== undefined) {
    throw new ConfigError("Cannot use VISUALLM_TOKEN and VISUALLM_PROXY together: one of them says who may call");
  }
  if (token !== undefined && token.length < TOKEN_LENGTH) {
    throw new ConfigError(
      `Cannot use VISUALLM_TOKEN: expected at least ${TOKEN_LENGTH} characters, got ${token.length}`,
    );
  }
  if (token === undefined && proxy === undefined && !isLoopback(host)) {
    throw new ConfigError(`Cannot listen on ${host} without VISUALLM_TOKEN, as other machines could then use the app`);
  }
}
