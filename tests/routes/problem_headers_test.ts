/** What a page that ends with a problem says in its headers: the same as the API. */
import assert from "node:assert/strict";
import { component, defineModule, generation, logitTable, nextToken, rows } from "../../lib/mod.ts";
import { Budget } from "../../lib/server/admission/budget.ts";
import { ProblemError } from "../../lib/server/problem.ts";
import { MemoryCounters } from "../rig/memory_counters.ts";
import { rigApp } from "../rig/rig_app.ts";

const AGAIN = "17";
const table = logitTable({ vocabulary: ["a"], logits: () => [0] });

const module = defineModule({
  name: "m",
  generators: {
    billed: { ...table, open: async (context) => ({ ...await table.open(context), isBilled: true }) },
  },
  tasks: { copy: { dataset: { all: rows(["a"]) }, prompt: (text) => text } },
  components: [
    generation(),
    nextToken(),
    component("Spent", () => {
      throw new ProblemError(429, "Budget exhausted", "spent on purpose", { headers: { "retry-after": AGAIN } });
    }),
  ],
});

Deno.test("a page that fails has the headers of its problem", async () => {
  const { fetch } = await rigApp({ modules: [module] });
  const api = await fetch("/api/m/spent/elements");
  const page = await fetch("/m/spent");
  for (const answer of [api, page]) assert.deepEqual([answer.status, answer.headers.get("retry-after")], [429, AGAIN]);
  assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
  for (const answer of [api, page]) assert.match(await answer.text(), /spent on purpose/);
});

Deno.test("a page that tells a problem beside what it shows, and ends with its status, has its headers", async () => {
  const budget = new Budget({ tokensPerDay: 1 }, new MemoryCounters(), () => 0);
  const { fetch } = await rigApp({ modules: [module], budget });
  const page = await fetch("/m/next-token");
  assert.deepEqual([page.status, page.headers.get("retry-after")], [429, String(24 * 60 * 60)]);
  await page.text();
});

Deno.test("a page without a problem has none of its headers", async () => {
  const { fetch } = await rigApp({ modules: [module] });
  const page = await fetch("/m/next-token");
  assert.deepEqual([page.status, page.headers.get("retry-after")], [200, null]);
  await page.text();
});
