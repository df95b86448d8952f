/** L4: A client that sends many runs delays another one's by the run that works and no more. */
import assert from "node:assert/strict";
import { startApp } from "../../rig/app_process.ts";
import { GENERATE, readRun, runBody } from "../../rig/load.ts";
import { measured } from "../../rig/measured.ts";

const MANY = 20, TOKENS = 4;
/** One that works, and four that wait. */
const ALLOWED = 5;

Deno.test("L4: one client sends 20 runs, another one afterwards", async () => {
  await using app = await startApp({ flags: { slots: 1 } });
  const ended: string[] = [];
  const answers = await Promise.all(
    Array.from({ length: MANY }, () => app.call(GENERATE, { body: runBody({ tokens: TOKENS }), client: "greedy" })),
  );
  const statuses = answers.map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, ALLOWED);
  assert.equal(statuses.filter((status) => status === 429).length, MANY - ALLOWED);
  const greedy = answers.map(async (answer) => {
    const text = await answer.text();
    if (answer.ok) ended.push("greedy");
    return text;
  });
  await readRun(app, { tokens: TOKENS, client: "modest" });
  ended.push("modest");
  await Promise.all(greedy);
  const place = ended.indexOf("modest");
  assert.ok(place <= 2, ended.join(" "));
  measured("L4", `after ${place} of the ${ALLOWED} runs that were let in, ${MANY - ALLOWED} more refused`);
});
