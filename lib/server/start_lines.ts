import type { Config } from "./config.ts";
import type { GeneratorReport, Readiness } from "./registry.ts";

/** Most lines about what works; what does not is never left out. */
const LINE_LIMIT = 12;

interface StartFacts {
  readonly config: Config;
  readonly port: number;
  readonly readiness: Readiness;
  /** Works once in the address, in place of the token. */
  readonly code?: string | undefined;
}

/** What the app tells at its start: address, who may call, modules, generators, and what is wrong with them. */
export function startLines({ config, port, readiness, code }: StartFacts): readonly string[] {
  const { modules, generators, datasets } = readiness;
  const failed = [
    ...generators.filter(({ state }) => state === "failed").map(generatorLine),
    ...datasets.filter(({ detail }) => detail !== undefined).map(({ module, task, split, detail }) =>
      `split ${module}/${task}/${split}: ${detail}`
    ),
  ].map(oneLine);
  const facts = [
    `visuallm: ${addressOf(config.host, port)}${code === undefined ? "" : `?token=${code} (works once)`}`,
    `access: ${accessOf(config)}`,
    `modules: ${modules.join(", ")}`,
    ...generators.filter(({ state }) => state !== "failed").map(generatorLine),
  ].map(oneLine);
  if (facts.length <= LINE_LIMIT) return [...facts, ...failed];
  const shown = LINE_LIMIT - 1;
  return [...facts.slice(0, shown), `… and ${facts.length - shown} more: see /api/ready`, ...failed];
}

function accessOf({ token, proxy }: Config): string {
  if (proxy !== undefined) return `who the proxy at ${proxy.address} names in ${proxy.header}`;
  return token === undefined ? "this machine only, no token" : "token needed";
}

function generatorLine({ module, name, kind, label, detail }: GeneratorReport): string {
  return `generator ${module}/${name}: ${kind} ${label}${detail === undefined ? "" : `: ${detail}`}`;
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
