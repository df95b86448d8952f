/** F12: Code of a module that never waits stops the whole app, which nothing inside can end; the log says when, and how long. */
import assert from "node:assert/strict";
import { startApp } from "../rig/app_process.ts";
import { measured } from "../rig/measured.ts";
import { BLOCKED_MS } from "../rig/slow_generator.ts";
import { until } from "../rig/until.ts";

const LOGGED_MS = 2_000;

Deno.test("F12: a generator computes for 3 s without a pause", async () => {
  await using app = await startApp();
  const body = { generator: "blocking", params: { max_tokens: 1 } };
  const text = await (await app.call("/api/slow/generation/generate", { body })).text();
  assert.match(text, /event: done/);
  await until("it is logged", () => app.log.some((line) => line.includes('"lag"')));
  const lags = app.log.map((line) => JSON.parse(line)).filter(({ event }) => event === "lag");
  const ms = Math.max(...lags.map(({ ms }) => ms));
  assert.ok(ms > LOGGED_MS, `${ms} ms`);
  assert.equal((await app.metrics()).longest_loop_lag_seconds, ms / 1000);
  const docs = await Deno.readTextFile(new URL("../../docs/reference.md", import.meta.url));
  assert.match(docs, /computes without waiting/);
  measured("F12", `${BLOCKED_MS} ms of computing logged as a lag of ${ms} ms, in the metrics too`);
});
