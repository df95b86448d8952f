/** Addresses that the internet does not reach: this machine, its networks, and the metadata services of clouds. */
import { BlockList, isIP } from "node:net";

const PRIVATE = new BlockList();
const RANGES: readonly (readonly [network: string, bits: number, family: "ipv4" | "ipv6"])[] = [
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.0.0.0", 24, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["198.18.0.0", 15, "ipv4"],
  ["224.0.0.0", 3, "ipv4"],
  ["::", 96, "ipv6"],
  // Addresses that a gateway turns into an IPv4 address of its own choice, or that carry one.
  ["::ffff:0:0:0", 96, "ipv6"],
  ["64:ff9b::", 96, "ipv6"],
  ["64:ff9b:1::", 48, "ipv6"],
  ["2001::", 32, "ipv6"],
  ["2002::", 16, "ipv6"],
  ["fc00::", 7, "ipv6"],
  ["fe80::", 10, "ipv6"],
  ["fec0::", 10, "ipv6"],
  ["ff00::", 8, "ipv6"],
];
for (const range of RANGES) PRIVATE.addSubnet(...range);

const PRIVATE_NAME = /^(?:localhost|.*\.(?:localhost|local|internal|home\.arpa))$/;

/** The addresses that a name stands for; none when it stands for nothing. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Where a URL leads. */
export interface Place {
  /** Whether that is the app's own network, by its address, its name, or any of what its name stands for. */
  readonly isInside: boolean;
  /** What its name stands for. */
  readonly addresses: readonly string[];
}

/** Subtle: `URL` has already written every form of an IPv4 address (`0x7f.1`, `2130706433`) as four numbers. */
export async function placeOf({ hostname }: URL, resolve: Resolve = addressesOf): Promise<Place> {
  const host = hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "").toLowerCase();
  if (isIP(host) !== 0) return { isInside: isPrivateAddress(host), addresses: [host] };
  if (PRIVATE_NAME.test(host) || !host.includes(".")) return { isInside: true, addresses: [] };
  const addresses = await resolve(host);
  return { isInside: addresses.some(isPrivateAddress), addresses };
}

function isPrivateAddress(address: string): boolean {
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(address);
  if (mapped === null) return PRIVATE.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
  const [high = 0, low = 0] = mapped.slice(1).map((part) => parseInt(part, 16));
  return PRIVATE.check([high >> 8, high & 255, low >> 8, low & 255].join("."), "ipv4");
}

async function addressesOf(host: string): Promise<readonly string[]> {
  const answers = await Promise.allSettled([Deno.resolveDns(host, "A"), Deno.resolveDns(host, "AAAA")]);
  return answers.flatMap((answer) => answer.status === "fulfilled" ? answer.value : []);
}
