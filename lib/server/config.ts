/** The settings of the app, and the only reader of the environment. */
import { isIP } from "node:net";
import { parseArgs } from "node:util";
import { ONNX_SETTINGS } from "../generators/onnx/settings.ts";
import type { BudgetLimits } from "./budget.ts";
import { LOG_LEVELS, type LogLevel } from "./log.ts";

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
}

/** A proxy whose word on who calls is taken. */
export interface ProxyConfig {
  /** The one address from which its requests come. */
  readonly address: string;
  /** The header that names the person, in lower case. */
  readonly header: string;
}

const DEFAULT_MODULES = "examples/alpaca/mod.ts,examples/persona_chat/mod.ts";
/** On Deno Deploy, where no native code is loaded. */
const DEPLOYED_MODULES = "examples/openai/mod.ts";
const TOKEN_LENGTH = 16;

interface Setting {
  readonly env: string;
  readonly flag: string;
  readonly fallback?: string;
  readonly help: string;
}

const SETTINGS = {
  port: { env: "PORT", flag: "port", fallback: "8000", help: "port to listen on, 0 for any free one" },
  host: { env: "HOST", flag: "host", fallback: "127.0.0.1", help: "address to listen on" },
  modules: {
    env: "VISUALLM_MODULES",
    flag: "modules",
    fallback: DEFAULT_MODULES,
    help: "module files, separated by commas; arguments replace them",
  },
  token: {
    env: "VISUALLM_TOKEN",
    flag: "token",
    help: "secret that clients must show (better set in the environment)",
  },
  proxy: {
    env: "VISUALLM_PROXY",
    flag: "proxy",
    help: "address of a proxy that checks who calls, in place of a token",
  },
  proxyHeader: {
    env: "VISUALLM_PROXY_HEADER",
    flag: "proxy-header",
    fallback: "x-forwarded-user",
    help: "header in which that proxy names the person",
  },
  cache: { env: "VISUALLM_CACHE", flag: "cache", fallback: "./.cache", help: "folder for downloaded files" },
  allowedHosts: {
    env: "VISUALLM_ALLOWED_HOSTS",
    flag: "allowed-hosts",
    help: "further host names under which the app may be called, separated by commas",
  },
  dailyTokens: {
    env: "VISUALLM_DAILY_TOKENS",
    flag: "daily-tokens",
    help: "most tokens a day at servers that bill them, of all clients",
  },
  clientDailyTokens: {
    env: "VISUALLM_CLIENT_DAILY_TOKENS",
    flag: "client-daily-tokens",
    help: "the same for each client, by its address",
  },
  clientMinuteRequests: {
    env: "VISUALLM_CLIENT_MINUTE_REQUESTS",
    flag: "client-minute-requests",
    help: "most requests a minute to such servers for each client",
  },
  serveApi: {
    env: "VISUALLM_SERVE_API",
    flag: "serve-api",
    fallback: "0",
    help: "1 serves the models that run here under /v1, as OpenAI's API",
  },
  slots: {
    env: "VISUALLM_SLOTS",
    flag: "slots",
    fallback: "8",
    help: "runs that one model of this process works on at once",
  },
  queue: { env: "VISUALLM_QUEUE", flag: "queue", fallback: "32", help: "runs that may wait for such a model" },
  stall: {
    env: "VISUALLM_STALL_SECONDS",
    flag: "stall-seconds",
    fallback: "30",
    help: "seconds after which a run that nobody reads is given up",
  },
  log: { env: "VISUALLM_LOG", flag: "log", fallback: "info", help: `one of ${LOG_LEVELS.join(", ")}` },
} as const satisfies Readonly<Record<string, Setting>>;
type SettingName = keyof typeof SETTINGS;

/** A setting that cannot be used; the message names it, its value and what was expected. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export function helpText(): string {
  const settings = [...Object.values(SETTINGS), ...Object.values(ONNX_SETTINGS)];
  const lines = settings.map(({ flag, env = "", help, fallback }: Partial<Setting>) => [
    flag === undefined ? "" : `--${flag}`,
    env,
    `${help}${fallback === undefined ? "" : ` (default ${fallback})`}`,
  ]);
  const rows = [
    ["flag", "environment", "meaning; a flag wins over the environment"],
    ...lines,
    ["--help", "", "this text"],
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const text = rows.map((cells) => `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`);
  return ["Usage: deno task start [flags] [module files]", "", ...text].join("\n");
}

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
    modules: files.length > 0 ? files : list(modules),
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
    allowedHosts: list(read("allowedHosts")).map(parseAllowedHost),
    log: parseLevel(read("log")),
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

export function isLoopback(host: string): boolean {
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

function list(text: string): readonly string[] {
  return text.split(",").map((item) => item.trim()).filter((item) => item !== "");
}

function parseBudget(texts: Readonly<Record<keyof BudgetLimits, string>>): BudgetLimits {
  const given = Object.entries(texts).filter(([, text]) => text !== "");
  return Object.fromEntries(given.map(([name, text]) => {
    if (/^[1-9]\d{0,11}$/.test(text)) return [name, Number(text)];
    throw new ConfigError(`Cannot use the cap "${text}" (${name}): expected a whole number from 1`);
  }));
}

function parseSwitch(name: string, text: string): boolean {
  if (text === "0" || text === "1") return text === "1";
  throw new ConfigError(`Cannot use ${name} "${text}": expected 0 or 1`);
}

function parseCount(name: string, text: string, { min, max }: { readonly min: number; readonly max: number }): number {
  const count = Number(text);
  if (/^\d{1,6}$/.test(text) && count >= min && count <= max) return count;
  throw new ConfigError(`Cannot use ${name} "${text}": expected a whole number from ${min} to ${max}`);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65535) return port;
  throw new ConfigError(`Cannot use PORT "${text}": expected a whole number from 0 to 65535`);
}

/** Subtle: as `URL` writes it, so that `LOCALHOST` and `127.1` are told to be of this machine, as they are. */
function parseHost(text: string): string {
  const host = text.replace(/^\[(.*)\]$/, "$1");
  const colons = host.split(":").length - 1;
  const url = `http://${colons > 1 ? `[${host}]` : host}/`;
  if (/^[0-9a-z.:-]+$/i.test(host) && colons !== 1 && URL.canParse(url)) {
    return new URL(url).hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
  }
  throw new ConfigError(`Cannot use HOST "${text}": expected an address or a host name, without port`);
}

function parseProxy(address: string, header: string): ProxyConfig | undefined {
  if (address === "") return undefined;
  if (isIP(address) === 0) {
    throw new ConfigError(`Cannot use VISUALLM_PROXY "${address}": expected one IP address, without port`);
  }
  if (/^[a-z0-9-]+$/i.test(header)) return { address, header: header.toLowerCase() };
  throw new ConfigError(`Cannot use VISUALLM_PROXY_HEADER "${header}": expected the name of a header`);
}

function parseAllowedHost(text: string): string {
  if (/^([0-9a-z.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/.test(text)) return text;
  throw new ConfigError(
    `Cannot use VISUALLM_ALLOWED_HOSTS entry "${text}": expected a lower-case host name, with or without ":port"`,
  );
}

function parseLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level !== undefined) return level;
  throw new ConfigError(`Cannot use VISUALLM_LOG "${text}": expected one of ${LOG_LEVELS.join(", ")}`);
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
