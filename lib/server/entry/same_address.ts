import { BlockList, isIP } from "node:net";

/**
 * Whether two texts are one IP address, however they are written.
 * @example `10.0.0.2` and `::ffff:10.0.0.2`, as an app that listens on `::` hears of it; `::1` and `0:0:0:0:0:0:0:1`
 */
export function isSameAddress(one: string, other: string): boolean {
  const [first, second] = [withoutZone(one), withoutZone(other)];
  if (isIP(first) === 0 || isIP(second) === 0) return false;
  const list = new BlockList();
  list.addAddress(first, familyOf(first));
  return list.check(second, familyOf(second));
}

/** The runtime tells the address of the other end without the link that it came over. */
function withoutZone(address: string): string {
  return address.replace(/%.*$/, "");
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
