import type { Config } from "../config.ts";
import { type GeneratorReport, type Readiness, REMOTE_KIND } from "../registry.ts";

/** Most lines of a start; the rest is counted, and told by /api/ready. */
const LINE_LIMIT = 12;

interface StartFacts {
  readonly config: Config;
  readonly port: number;
  readonly readiness: Readiness;
  /** What the process may do, and lacks. */
  readonly rights: string;
  /** Works once in the address, in place of the token. */
  readonly code?: string | undefined;
}

/** What the app tells at its start: address, who may call, rights, modules, what is wrong, and what works. */
export function startLines({ config, port, readiness, rights, code }: StartFacts): readonly string[] {
  const lines = [
    `visuallm: ${addressOf(config.host, port)}${code === undefined ? "" : `?token=${code} (works once)`}`,
    `access: ${accessOf(config)}`,
    rights,
    ...(config.logsContent ? ["log: with the messages of failures, which may quote rows and prompts"] : []),
    `modules: ${readiness.modules.join(", ")}`,
    ...sourceLines(readiness, config),
  ].map(oneLine);
  if (lines.length <= LINE_LIMIT) return lines;
  const shown = LINE_LIMIT - 1;
  return [...lines.slice(0, shown), `… and ${lines.length - shown} more: see /api/ready`];
}

/** What is wrong with generators and splits, and which generators work. */
export function sourceLines({ generators, datasets }: Readiness, config: Config): readonly string[] {
  const failed = generators.filter(({ state }) => state === "failed");
  const working = generators.filter(({ state }) => state !== "failed");
  return [
    ...failed.map((report) => `${generatorLine(report)}: ${report.detail ?? "it does not open"}`),
    ...datasets.filter(({ detail }) => detail !== undefined).map(({ module, task, split, detail }) =>
      `split ${module}/${task}/${split}: ${detail}`
    ),
    ...working.map((report) => `${generatorLine(report)}; ${limitsOf(report, config)}`),
  ].map(oneLine);
}

function accessOf({ token, proxy }: Config): string {
  if (proxy !== undefined) return `who the proxy at ${proxy.address} names in ${proxy.header}`;
  return token === undefined ? "this machine only, no token" : "token needed";
}

function generatorLine({ module, name, kind, label }: GeneratorReport): string {
  return `generator ${module}/${name}: ${kind} ${label}`;
}

/** A model of this process is limited by its slots, one behind an API by what clients may spend there. */
function limitsOf({ kind }: GeneratorReport, { slots, queue, budget }: Config): string {
  if (kind !== REMOTE_KIND) return `${slots} ${slots === 1 ? "run" : "runs"} at once, ${queue} may wait`;
  const { tokensPerDay, clientTokensPerDay, clientRequestsPerMinute } = budget;
  const caps = [
    ...(tokensPerDay === undefined ? [] : [`${tokensPerDay} tokens a day`]),
    ...(clientTokensPerDay === undefined ? [] : [`${clientTokensPerDay} of them a client`]),
    ...(clientRequestsPerMinute === undefined ? [] : [`${clientRequestsPerMinute} calls a minute a client`]),
  ];
  return caps.length === 0 ? "no caps on what is spent" : `at most ${caps.join(", ")}`;
}

/** An address that a browser can open. */
function addressOf(host: string, port: number): string {
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}/`;
}

/** Messages may quote names with control characters, which must not reach a terminal. */
function oneLine(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
}
