/** Reloads the page when the development server was started again with changed sources. */
const INTERVAL_MS = 300;
let revision: number | undefined;

function connect(): void {
  const url = new URL("/_frsh/alive", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url);
  socket.addEventListener("message", (event) => {
    const message: unknown = JSON.parse(String(event.data));
    const now = typeof message === "object" && message !== null && "revision" in message ? message.revision : undefined;
    if (typeof now !== "number") return;
    if (revision !== undefined && revision !== now) location.reload();
    revision = now;
  });
  socket.addEventListener("close", () => setTimeout(connect, INTERVAL_MS));
}

connect();
