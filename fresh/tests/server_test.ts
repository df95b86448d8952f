import assert from "node:assert/strict";
import { App } from "fresh";

Deno.test("ws() and ctx.upgrade() speak WebSocket; a plain request is a 400", async () => {
  const app = new App<unknown>()
    .ws("/echo", { message: (socket, event) => socket.send(`echo ${event.data}`) })
    .get("/bare", (ctx) => {
      const { socket, response } = ctx.upgrade();
      socket.addEventListener("open", () => socket.send("hi"));
      return response;
    });
  assert.equal((await app.handler()(new Request("http://localhost/echo"))).status, 400);
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, app.handler());
  try {
    assert.equal(await talk(`ws://127.0.0.1:${server.addr.port}/echo`, "x"), "echo x");
    assert.equal(await talk(`ws://127.0.0.1:${server.addr.port}/bare`), "hi");
  } finally {
    await server.shutdown();
  }
});

/** The first message of a socket, which is closed then. */
async function talk(url: string, message?: string): Promise<unknown> {
  const socket = new WebSocket(url);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const closed = new Promise((done) => socket.addEventListener("close", done));
  socket.addEventListener("open", () => message !== undefined && socket.send(message));
  socket.addEventListener("message", (event) => resolve(event.data));
  const answer = await promise;
  socket.close();
  await closed;
  return answer;
}

Deno.test("a stream arrives chunk by chunk, and is cancelled when the reader leaves", async () => {
  const left = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const app = new App<unknown>().get("/", (ctx) =>
    ctx.stream(async function* () {
      try {
        yield "first";
        await gate.promise;
        yield "second";
        yield "third";
      } finally {
        left.resolve();
      }
    }, { headers: { "content-type": "text/event-stream" } }));
  const response = await app.handler()(new Request("http://localhost/"));
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  assert.equal((await reader?.read())?.value, "first");
  gate.resolve();
  assert.equal((await reader?.read())?.value, "second");
  await reader?.cancel();
  await left.promise;
});

Deno.test("development serves a page that reloads: the module, and the socket that tells the revision", async () => {
  const dev = new URL("fixture/dev.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", dev.pathname, "0"],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    const lines = child.stdout.pipeThrough(new TextDecoderStream());
    let port = "";
    for await (const text of lines) {
      port = /:(\d+)\//.exec(text)?.[1] ?? "";
      if (port !== "") break;
    }
    const html = await (await fetch(`http://127.0.0.1:${port}/plain`)).text();
    assert.match(html, /import ?"\/_fresh\/js\/\w+\/fresh-dev\.js"/);
    const script = /"(\/_fresh[^"]+)"/.exec(html)?.[1];
    const module = await fetch(`http://127.0.0.1:${port}${script}`);
    assert.equal(module.headers.get("cache-control"), "no-cache, no-store, max-age=0, must-revalidate");
    assert.match(await module.text(), /_frsh\/alive/);
    assert.match(String(await talk(`ws://127.0.0.1:${port}/_frsh/alive`)), /"revision":\d+/);
  } finally {
    child.kill();
    await child.status;
  }
});
