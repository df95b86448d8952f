/** The values of settings, from the text of a flag or of the environment. What cannot be used is a ConfigError. */
import { isIP } from "node:net";
import type { BudgetLimits } from "./admission/budget.ts";
import { LOG_LEVELS, type LogLevel } from "./telemetry/log.ts";

/** A proxy whose word on who calls is taken. */
export interface ProxyConfig {
  /** The one address from which its requests come. */
  readonly address: string;
  /** The header that names the person, in lower case. */
  readonly header: string;
}

/** A setting that cannot be used; the message names it, its value and what was expected. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** What commas separate. @example parseList("a, b,") is ["a", "b"] */
export function parseList(text: string): readonly string[] {
  return text.split(",").map((item) => item.trim()).filter((item) => item !== "");
}

/** Caps by their names; an empty text is none. */
export function parseBudget(texts: Readonly<Record<keyof BudgetLimits, string>>): BudgetLimits {
  const given = Object.entries(texts).filter(([, text]) => text !== "");
  return Object.fromEntries(given.map(([name, text]) => {
    if (/^[1-9]\d{0,11}$/.test(text)) return [name, Number(text)];
    throw new ConfigError(`Cannot use the cap "${text}" (${name}): expected a whole number from 1`);
  }));
}

export function parseSwitch(name: string, text: string): boolean {
  if (text === "0" || text === "1") return text === "1";
  throw new ConfigError(`Cannot use ${name} "${text}": expected 0 or 1`);
}

export function parseCount(
  name: string,
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const count = Number(text);
  if (/^\d{1,6}$/.test(text) && count >= min && count <= max) return count;
  throw new ConfigError(`Cannot use ${name} "${text}": expected a whole number from ${min} to ${max}`);
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65535) return port;
  throw new ConfigError(`Cannot use PORT "${text}": expected a whole number from 0 to 65535`);
}

/** Subtle: as `URL` writes it, so that `LOCALHOST` and `127.1` are told to be of this machine, as they are. */
export function parseHost(text: string): string {
  const host = text.replace(/^\[(.*)\]$/, "$1");
  const colons = host.split(":").length - 1;
  const url = `http://${colons > 1 ? `[${host}]` : host}/`;
  if (/^[0-9a-z.:-]+$/i.test(host) && colons !== 1 && URL.canParse(url)) {
    return new URL(url).hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
  }
  throw new ConfigError(`Cannot use HOST "${text}": expected an address or a host name, without port`);
}

/** @returns undefined where no address is given */
export function parseProxy(address: string, header: string): ProxyConfig | undefined {
  if (address === "") return undefined;
  if (isIP(address) === 0) {
    throw new ConfigError(`Cannot use VISUALLM_PROXY "${address}": expected one IP address, without port`);
  }
  if (/^[a-z0-9-]+$/i.test(header)) return { address, header: header.toLowerCase() };
  throw new ConfigError(`Cannot use VISUALLM_PROXY_HEADER "${header}": expected the name of a header`);
}

export function parseAllowedHost(text: string): string {
  if (/^([0-9a-z.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/.test(text)) return text;
  throw new ConfigError(
    `Cannot use VISUALLM_ALLOWED_HOSTS entry "${text}": expected a lower-case host name, with or without ":port"`,
  );
}

export function parseLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level !== undefined) return level;
  throw new ConfigError(`Cannot use VISUALLM_LOG "${text}": expected one of ${LOG_LEVELS.join(", ")}`);
}
