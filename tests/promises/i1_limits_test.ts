/** I1: Each limit of a request lets its last value pass, refuses the next, and names field and limit. */
import assert from "node:assert/strict";
import { LIMITS } from "../../lib/server/limits.ts";
import { measured } from "../rig/measured.ts";
import { rigApp, rigPath } from "../rig/rig_app.ts";

type Make = (size: number) => unknown;
/** What is limited, its limit as PROMISES wants it, a body of that size, and the status beyond it. */
const CASES: readonly (readonly [what: RegExp, limit: number, make: Make, status: number])[] = [
  [/1048576 bytes/, 1_048_576, (size) => `{"x":"${"a".repeat(size - 8)}"}`, 413],
  [/at most 262144/, 262_144, (size) => ({ prompt: "a".repeat(size) }), 422],
  [/32 deep/, 32, (size) => `{"x":${"[".repeat(size - 1)}${"]".repeat(size - 1)}}`, 413],
  [/1000 keys/, 1_000, (size) => Object.fromEntries(Array.from({ length: size }, (_, key) => [`k${key}`, 1])), 413],
  [/4096/, 4_096, (size) => ({ sample: 99, params: { max_tokens: size } }), 422],
  [/1 to 16/, 16, (size) => ({ sample: 99, params: { n: size } }), 422],
  [/at most 8 texts/, 8, (size) => ({ sample: 99, params: { stop: Array(size).fill("a") } }), 422],
  [/64 characters/, 64, (size) => ({ sample: 99, params: { stop: ["a".repeat(size)] } }), 422],
  [/1 to 50/, 50, (size) => ({ sample: 99, top: size }), 422],
];

Deno.test("I1: one below, at, and one above each limit", async () => {
  const { post, fetch } = await rigApp();
  let cases = 0;
  for (const [what, limit, make, status] of CASES) {
    for (const size of [limit - 1, limit, limit + 1]) {
      const answer = await post(rigPath("generate"), make(size));
      const { detail } = await answer.json();
      // Within the limit it is refused for another reason, if at all: the sample or field does not exist.
      assert.equal(what.test(detail) && answer.status === status, size > limit, `${what} ${size}: ${detail}`);
      cases++;
    }
  }
  const header = (size: number) => fetch("/api/app", { headers: { a: "x".repeat(size - 1) } });
  for (const [size, status] of [[LIMITS.headerCharacters, 200], [LIMITS.headerCharacters + 1, 431]] as const) {
    const answer = await header(size);
    await answer.body?.cancel();
    assert.equal(answer.status, status);
    cases++;
  }
  let readBytes = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      readBytes += 65_536;
      controller.enqueue(new Uint8Array(65_536).fill(32));
    },
  });
  const cut = await post(rigPath("generate"), "", { body: endless });
  await cut.body?.cancel();
  assert.equal(cut.status, 413);
  assert.ok(readBytes <= LIMITS.bodyBytes + 3 * 65_536, `${readBytes} bytes were read`);
  measured("I1", `${cases} sizes at ${CASES.length + 1} limits, an endless body cut after ${readBytes} bytes`);
});
