/** What the app can be told at its start: each setting with its flag, its name in the environment and its default. */
import { ONNX_SETTINGS } from "../generators/onnx/settings.ts";
import { LOG_LEVELS, type LogLevel } from "./telemetry/log.ts";

export const DEFAULT_MODULES = "examples/alpaca/mod.ts,examples/persona_chat/mod.ts";
/** On Deno Deploy, where no native code is loaded. */
export const DEPLOYED_MODULES = "examples/openai/mod.ts";

export interface Setting {
  readonly env: string;
  readonly flag: string;
  readonly fallback?: string;
  readonly help: string;
}

const LOG_HELP: Readonly<Record<LogLevel, string>> = {
  silent: "not even the address",
  error: "all but requests",
  info: "requests too",
};

export const SETTINGS = {
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
    help: "most calls a minute of such servers' models for each client",
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
  log: {
    env: "VISUALLM_LOG",
    flag: "log",
    fallback: "info",
    help: `one of ${LOG_LEVELS.map((level) => `${level} (${LOG_HELP[level]})`).join(", ")}`,
  },
  logContent: {
    env: "VISUALLM_LOG_CONTENT",
    flag: "log-content",
    fallback: "0",
    help: "1 also logs the messages of failures, which may quote rows and prompts",
  },
} as const satisfies Readonly<Record<string, Setting>>;
export type SettingName = keyof typeof SETTINGS;

/** What `--help` prints. */
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
