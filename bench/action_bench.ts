/** A developer's action over a socket: one click's round trip, and clicks a second of 64 clients at once. */
import { button, component, defineModule, text } from "../lib/mod.ts";
import { serveApp } from "../tests/browser/serve_app.ts";

const module = defineModule({
  name: "bench",
  components: [component("Idle", () => [button("Go", () => {}), text("still")])],
});
const app = await serveApp([{ module, file: "bench/mod.ts", url: new URL(import.meta.url) }]);
const api = `${app.origin}/api/bench/idle`;
const CLIENTS = 64, CLICKS = 20;

async function open(): Promise<string> {
  const response = await fetch(`${api}/elements`);
  return (await response.json()).session;
}

async function click(session: string): Promise<void> {
  const response = await fetch(`${api}/elements/button`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ session, inputs: {} }),
  });
  const text = await response.text();
  if (!text.endsWith('event: done\ndata: {"type":"done"}\n\n')) throw new Error(`The action did not end: ${text}`);
}

const one = await open();
const many = await Promise.all(Array.from({ length: CLIENTS }, open));

Deno.bench("action: one client, one click to its last event", { group: "action" }, async () => {
  // Subtle: only a function declared async is awaited by the bench.
  await click(one);
});

Deno.bench(`action: ${CLIENTS} clients, ${CLICKS} clicks each`, { group: "actions", n: 5, warmup: 1 }, async () => {
  await Promise.all(many.map(async (session) => {
    for (let round = 0; round < CLICKS; round++) await click(session);
  }));
});
