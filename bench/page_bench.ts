/** The generation page, rendered in process without a socket. */
import { rigApp } from "../tests/rig/rig_app.ts";

const { fetch } = await rigApp();

Deno.bench("GET the generation page", async () => {
  await (await fetch("/rig/generation?split=test&sample=1&temperature=0.5")).text();
});
Deno.bench("GET /api/health", async () => {
  await (await fetch("/api/health")).text();
});
