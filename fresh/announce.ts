/** Tells where the server listens, when the caller does not want to tell it by itself. */
export function announce(basePath: string): (address: Deno.NetAddr) => void {
  return ({ hostname, port }) => {
    const host = hostname === "0.0.0.0" || hostname === "::" ? "localhost" : hostname;
    console.log(`Fresh ready: http://${host.includes(":") ? `[${host}]` : host}:${port}${basePath}/`);
  };
}
