import { quote } from "../lm/quote.ts";
import type { Generator } from "./generator.ts";

/** What it may offer beside `generate`. */
const OFFERED = ["next", "score", "tokenize", "renderChat", "pathText"] as const;

/**
 * What a source gave, once it is known to be a generator: a module may bring a source of its own in plain JavaScript.
 * @throws {TypeError} naming what is missing or of another kind
 */
export function checkedGenerator(given: Generator): Generator {
  const { facts, generate, close }: Partial<Generator> = given ?? {};
  const device: unknown = facts?.device;
  if (typeof device !== "string") {
    throw new TypeError(`the source gives no generator with "facts", { device: "cpu" } at least`);
  }
  if (typeof generate !== "function") throw new TypeError(`the source gives a generator without a "generate" function`);
  if (typeof close !== "function") throw new TypeError(`the source gives a generator without a "close" function`);
  for (const name of OFFERED) {
    const offered: unknown = given[name];
    if (offered === undefined || typeof offered === "function") continue;
    throw new TypeError(`the source gives a generator whose "${name}" is ${quote(offered)}, expected a function`);
  }
  return given;
}
