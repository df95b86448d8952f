import { BlockList, isIPv6 } from "node:net";
import type { Context } from "./context.ts";
import type { Middleware } from "./handler.ts";

/** Addresses or CIDR ranges, such as `192.168.0.0/16` or `::1`. */
export interface IpFilterRules {
  denyList?: string[];
  /** When given, no other address passes. */
  allowList?: string[];
}

export interface IpFilterOptions<State = unknown> {
  /** What a refused request gets. Default: 403. */
  onBlocked?: (ctx: Context<State>) => Response | Promise<Response>;
}

/** Refuses requests by the address of the socket, never by a header. The deny list wins. */
export function ipFilter<State>(rules: IpFilterRules, options: IpFilterOptions<State> = {}): Middleware<State> {
  const { denyList = [], allowList = [] } = rules;
  const { onBlocked = () => new Response("Forbidden", { status: 403 }) } = options;
  const denied = blockList(denyList);
  const allowed = blockList(allowList);
  return (ctx) => {
    const { remoteAddr } = ctx.info;
    if (!("hostname" in remoteAddr)) return ctx.next(); // A socket file has no address; the file system guards it.
    const family = isIPv6(remoteAddr.hostname) ? "ipv6" : "ipv4";
    if (denied.check(remoteAddr.hostname, family)) return onBlocked(ctx);
    const passes = allowList.length === 0 || allowed.check(remoteAddr.hostname, family);
    return passes ? ctx.next() : onBlocked(ctx);
  };
}

function blockList(rules: readonly string[]): BlockList {
  const list = new BlockList();
  for (const rule of rules) {
    const [address = "", bits] = rule.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
