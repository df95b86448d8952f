/** I2: 10,000 malformed requests drawn from a seed end in no error of the app and no request that hangs. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { hostileStrings, seededChance } from "../rig/hostile_strings.ts";
import { rigApp } from "../rig/rig_app.ts";

const REQUESTS = 10_000;
const SLOWEST_MS = 2_000;
const TEXTS = hostileStrings(400).map((text) => text.slice(0, 500));
const NUMBERS = ["NaN", "1e999", "-0", "9007199254740993", '"1"', "null", "-1", "1.5", "[]", "{}", "true"];
const FIELDS = ["prompt", "task", "split", "sample", "generator", "seed", "top", "path", "params", "edits", "x"];
const PARAMS = ["temperature", "top_p", "top_k", "min_p", "max_tokens", "n", "stop", "seed", "logit_bias", "order"];
const CALLS = ["generate", "score", "next_token", "chat", "chat_prompt", "samples", "events", "elements/a", "nothing"];

Deno.test("I2: names, queries, headers, bodies, numbers and params at random", async () => {
  const { fetch } = await rigApp({ servesApi: true });
  const chance = seededChance(20);
  const pick = (items: readonly string[]) => items[chance(items.length)] ?? "";
  const text = () => JSON.stringify(pick(TEXTS));
  const object = (names: readonly string[], value: () => string) =>
    `{${Array.from({ length: chance(4) }, () => `"${pick(names)}":${value()}`).join(",")}}`;
  const value = () => chance(2) === 0 ? text() : pick(NUMBERS);
  const bodies: readonly (() => string)[] = [
    () => pick(TEXTS),
    () => object(FIELDS, value),
    () => `{"prompt":"a","params":${object(PARAMS, value)}}`,
    () => `{"prompt":${text()},"params":{"max_tokens":1}}`,
    () => `{"prompt":"a","params":{"max_tokens":2,"n":${1 + chance(3)},"temperature":${chance(3)}}}`,
    () => "[".repeat(chance(60)) + value(),
    () => `{"messages":[{"role":${text()},"content":${text()}}]}`,
  ];
  const encode = (part: string) => encodeURIComponent(part.slice(0, 60).toWellFormed());
  const paths: readonly (() => string)[] = [
    () => `/api/rig/generation/${pick(CALLS)}`,
    () => `/api/${encode(pick(TEXTS))}/generation/${pick(CALLS)}`,
    () => `/rig/generation?${pick([...FIELDS, ...PARAMS])}=${encode(pick([...TEXTS, ...NUMBERS]))}`,
    () => `/v1/${pick(["models", "completions", "chat/completions"])}`,
    () => `/rig/next-token?path=${encode(pick([...TEXTS, ...NUMBERS]))}`,
  ];
  const types = ["application/json", "application/json", "application/json", "text/plain", "multipart/form-data", ""];
  let slowestMs = 0;
  const classes = new Map<number, number>();
  for (let index = 0; index < REQUESTS; index++) {
    const path = paths[chance(paths.length)]?.() ?? "/";
    const body = bodies[chance(bodies.length)]?.() ?? "";
    const method = path.startsWith("/rig") ? "GET" : pick(["POST", "POST", "POST", "GET", "DELETE"]);
    const headers = { "content-type": pick(types), accept: pick(["*/*", "text/html", "\u00ff"]) };
    const startedMs = performance.now();
    const answer = await fetch(path, { method, headers, ...(method === "GET" ? {} : { body }) });
    await answer.text();
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    // The rig's own broken parts (a prompt that throws, a file that is gone) are 500 and 503 by right; fuzzing names none.
    assert.ok(answer.status < 500, `${index}: ${method} ${path} ${JSON.stringify(body)} is ${answer.status}`);
    classes.set(answer.status, (classes.get(answer.status) ?? 0) + 1);
  }
  assert.ok(slowestMs <= SLOWEST_MS, `${slowestMs} ms`);
  const told = [...classes].toSorted().map(([status, count]) => `${count} × ${status}`).join(", ");
  measured("I2", `${REQUESTS} requests, slowest ${Math.ceil(slowestMs)} ms, ${told}`);
});
