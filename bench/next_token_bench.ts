/** One step by hand over HTTP on the embedded model, after prefixes of several lengths: the cost should not grow with them. */
import { serveApp } from "../tests/browser/serve_app.ts";

const app = await serveApp();
const CALL = `${app.origin}/api/alpaca/next-token/next_token`;
const LENGTHS = [16, 128, 500] as const;
/** A token that is an ordinary word piece. */
const WORD = 300;

async function step(path: readonly number[]): Promise<void> {
  const response = await fetch(CALL, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ prompt: "A", path, limit: 50 }),
  });
  if (!response.ok) throw new Error(await response.text());
  await response.text();
}

for (const length of LENGTHS) {
  const prefix = Array.from({ length: length - 1 }, () => WORD);
  await step(prefix);
  let next = 0;
  Deno.bench(`next token: one new token after ${length}`, { group: "next token" }, async () => {
    // A token that was not tried yet, so that no remembered distribution answers.
    await step([...prefix, 300 + (next++ % 1700)]);
  });
}
