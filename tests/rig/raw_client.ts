/** HTTP as bytes, for requests that `fetch` would not send. */
import { endServer } from "./ends.ts";

/** @param lines request line and headers, as they are sent; a body may follow @returns the status, and the whole answer */
export async function rawRequest(
  port: number,
  lines: readonly string[],
  body = "",
): Promise<{ readonly status: number; readonly text: string }> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const head = [...lines, "Connection: close", "", ""].join("\r\n");
  const writer = connection.writable.getWriter();
  await writer.write(new TextEncoder().encode(head + body));
  const text = await new Response(connection.readable).text();
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text };
}

/** Sends a request whole, and leaves it to the caller to read of the answer what it likes. */
export async function openRequest(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body = "",
): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const bytes = new TextEncoder().encode(body);
  const given = { host: `127.0.0.1:${port}`, "content-length": String(bytes.length), ...headers };
  const lines = Object.entries(given).map(([name, value]) => `${name}: ${value}`);
  const head = new TextEncoder().encode([`${method} ${path} HTTP/1.1`, ...lines, "", ""].join("\r\n"));
  for (const part of [head, bytes]) {
    for (let sent = 0; sent < part.length;) sent += await connection.write(part.subarray(sent));
  }
  return connection;
}

/** Serves a handler on a free loopback port while `work` runs. */
export async function whileServed(
  handler: (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response>,
  work: (port: number) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  try {
    await work(server.addr.port);
  } finally {
    await endServer(server);
  }
}
