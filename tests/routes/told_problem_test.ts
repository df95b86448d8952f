/** What a page tells of a failure, and what the log has of it. */
import assert from "node:assert/strict";
import {
  chat,
  checkbox,
  datasetView,
  defineModule,
  generation,
  type GeneratorSource,
  logitTable,
  nextToken,
  rows,
} from "../../lib/mod.ts";
import { rigApp } from "../rig/rig_app.ts";
import { throwing } from "../rig/throwing.ts";

const one = logitTable({ vocabulary: ["a"], logits: () => [0] });
const failing = logitTable({
  vocabulary: ["a"],
  logits: () => {
    throw new Error("failed on purpose");
  },
});
const closed: GeneratorSource = {
  kind: "own",
  label: "closed",
  open: () => Promise.reject(new Error("not opened on purpose")),
};

const module = defineModule({
  name: "m",
  generators: { one, failing, closed },
  tasks: {
    works: { dataset: { all: rows(["a"]) }, prompt: (text) => text, target: () => "a" },
    throws: { dataset: { all: rows(["a"]) }, prompt: throwing },
  },
  components: [generation(), nextToken(), datasetView(), chat({ controls: () => ({ never: checkbox(throwing()) }) })],
});

/** The page, what the log has of failures under the ID that the page shows, and the request's line. */
async function told(path: string) {
  const rig = await rigApp({ modules: [module], logsContent: true });
  const page = await rig.fetch(path);
  const html = await page.text();
  const ids = [...html.matchAll(/Report (\w{12})/g)].map(([, id]) => id);
  const lines = rig.logged.map((line): { event: string; id: string; error?: string; code?: string } =>
    JSON.parse(line)
  );
  const failures = lines.filter(({ event, id }) => event === "failure" && ids.includes(id));
  const request = lines.find(({ event }) => event === "request");
  return { status: page.status, ids, errors: failures.map(({ error = "" }) => error), code: request?.code };
}

Deno.test("a page that tells a failure has its stack in the log, under the ID that it shows", async () => {
  const cases = [
    ["/m/chat", 500, "Module failed", /topic is unknown\n.*throwing\.ts:\d+/],
    ["/m/dataset?task=throws", 500, "Module failed", /topic is unknown\n.*throwing\.ts:\d+/],
    ["/m/next-token?generator=failing", 500, "Generator failed", /failed on purpose\n.*told_problem_test\.ts:\d+/],
    ["/m/next-token?generator=closed", 503, "Not available", /not opened on purpose\n.*told_problem_test\.ts:\d+/],
    ["/m/dataset?generator=closed&tokens=1", 503, "Not available", /not opened on purpose\n/],
    ["/m/dataset?generator=failing&score=1", 200, "Generator failed", /failed on purpose\n/],
    ["/m/dataset?generator=failing&scores=1", 500, "Generator failed", /failed on purpose\n/],
  ] as const;
  for (const [path, status, code, stack] of cases) {
    const page = await told(path);
    assert.equal(page.status, status, path);
    assert.equal(page.errors.length, 1, `${path} shows ${page.ids.join()}`);
    assert.match(page.errors[0] ?? "", stack, path);
    assert.equal(page.code, code, path);
  }
});

Deno.test("a page that fails is named in the request's line", async () => {
  const missing = await told("/m/nothing");
  assert.deepEqual([missing.status, missing.code], [404, "Not found"]);
});

Deno.test("what a visitor got wrong is named in the request's line, and is no failure", async () => {
  const cases = [
    ["/m/dataset?sample=7", 422],
    ["/m/dataset?q=/(/", 422],
    ["/m/next-token?path=99", 422],
    ["/m/next-token?find=/(/", 422],
  ] as const;
  for (const [path, status] of cases) {
    const page = await told(path);
    assert.deepEqual([page.status, page.errors.length, page.code], [status, 0, "Invalid request"], path);
  }
});
