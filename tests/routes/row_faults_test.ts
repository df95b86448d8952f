/** A row that the module's code cannot use has no score, and says why; the others have theirs. */
import assert from "node:assert/strict";
import { datasetView, defineModule, logitTable, rows } from "../../lib/mod.ts";
import { rigApp } from "../rig/rig_app.ts";
import { throwing } from "../rig/throwing.ts";
import { until } from "../rig/until.ts";

/** As the API tells them. */
interface Scores {
  readonly state: { readonly kind: string };
  readonly scores: Readonly<Record<number, { readonly nats?: number; readonly fault?: string }>>;
}

/** As a JSON file may hold it: the type promises a text. */
const wrong = (value: unknown) => value as string;

const uneven = defineModule({
  name: "uneven",
  generators: { two: logitTable({ vocabulary: ["a", "b"], logits: () => [0, 0] }) },
  tasks: {
    t: {
      dataset: {
        all: rows([
          { target: "a", prompt: "a" },
          { target: wrong(null), prompt: "a" },
          { target: "a", prompt: wrong(5) },
          { target: "b", prompt: "throw" },
          { target: "ab", prompt: "b" },
        ]),
      },
      prompt: ({ prompt }) => prompt === "throw" ? String(throwing()) : prompt,
      target: ({ target }) => target,
    },
  },
  components: [datasetView()],
});

const FAULTS = [
  /Cannot read the target of sample 1 of task "t": expected a text, or undefined where there is none, got null/,
  /Cannot build the prompt of sample 2 of task "t": expected a text, got 5/,
  /Cannot build the prompt of sample 3 of task "t": topic is unknown \(tests\/rig\/throwing\.ts/,
];

Deno.test("rows whose prompt or target the module's code cannot make do not stop the scores of a page", async () => {
  const { fetch, logged, stop } = await rigApp({ modules: [uneven], logsContent: true });
  let html = "";
  await until("all are known", async () => {
    html = (await (await fetch("/uneven/dataset?scores=1&sample=0")).text()).replaceAll("&quot;", '"');
    return FAULTS.every((fault) => fault.test(html));
  });
  assert.match(html, /2 of 5 scored/);
  const failures = logged.filter((line) => line.includes('"failure"'));
  assert.equal(failures.length, 1, "once for all rows");
  assert.match(failures[0] ?? "", /got null/);
  stop();
});

Deno.test("nor do they stop those that are made in the background", async () => {
  const { fetch, stop } = await rigApp({ modules: [uneven] });
  const address = "/api/uneven/dataset/scores?rows=0,1,2,3,4";
  let answer: Scores | undefined;
  await until("all were tried", async () => {
    answer = await (await fetch(address)).json();
    return answer?.state.kind === "done";
  });
  assert.deepEqual(answer?.state, { kind: "done", of: 5, without: 3 });
  const faults = [1, 2, 3].map((row) => answer?.scores[row]?.fault ?? "");
  for (const [index, fault] of FAULTS.entries()) assert.match(faults[index] ?? "", fault);
  assert.ok(Math.abs((answer?.scores[4]?.nats ?? NaN) - 2 * Math.log(2)) < 1e-6);
  stop();
});
