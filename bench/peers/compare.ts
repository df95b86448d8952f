/**
 * Ours and others side by side: `deno task bench:peers [--json] [--rounds 3] [--tokens 32] [--only visuallm,torch]`.
 * One thread for everybody. Tables on standard output, progress on standard error.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { Times } from "../times.ts";
import { type Agreement, compareLogprobs } from "./agreement.ts";
import { Contestant, type Entry } from "./contestant.ts";
import { entriesOf } from "./entries.ts";
import { prepare } from "./prepare.ts";
import { agreementTable, type Report, reportTables } from "./report.ts";
import { decodeOf, firstOf, LENGTHS, loadOf, runRound } from "./rounds.ts";
import { rowsOf } from "./rows.ts";

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "3" },
    tokens: { type: "string", default: "32" },
    only: { type: "string", default: "" },
  },
});
const say = (line: string) => console.error(line);

const wanted = options.only.split(",");
const all = await entriesOf(await prepare(say));
const entries = all.filter(({ name }) => wanted.some((start) => name.startsWith(start)));
const amount = { rounds: Number(options.rounds), tokens: Number(options.tokens) };
const times = new Times();
const agreements: Agreement[] = [];
for (let round = 0; round < amount.rounds; round++) {
  // Subtle: in processes of its own, as where the weights of one come to lie makes it some per cent faster or slower.
  await using stack = new AsyncDisposableStack();
  const contestants = await startAll(entries, stack);
  if (round === 0) agreements.push(...await compareLogprobs(contestants));
  await runRound(contestants, amount.tokens, times, (line) => say(`round ${round + 1} of ${amount.rounds}: ${line}`));
}
const report = reportOf(times);
console.log(
  options.json ? JSON.stringify(report, null, 1) : `${agreementTable(report)}\n\n${reportTables(report)}`,
);

/** Those that do not start are told and left out. */
async function startAll(entries: readonly Entry[], stack: AsyncDisposableStack): Promise<readonly Contestant[]> {
  const contestants: Contestant[] = [];
  for (const entry of entries) {
    const contestant = stack.use(new Contestant(entry));
    try {
      times.add(loadOf(entry.name), [await contestant.load()]);
      contestants.push(contestant);
      say(`${entry.name} is loaded`);
    } catch (error) {
      say(`left out: ${error instanceof Error ? error.message : error}`);
    }
  }
  return contestants;
}

function reportOf(times: Times): Report {
  const measured = entries.filter(({ name }) => !Number.isNaN(times.least(loadOf(name))));
  const figures = measured.map(({ name }) => ({
    name,
    decodeMs: LENGTHS.map((length) => times.p10(decodeOf(name, length))),
    firstMs: LENGTHS.map((length) => times.least(firstOf(name, length))),
    loadMs: times.least(loadOf(name)),
  }));
  const machine = cpus()[0]?.model ?? "unknown";
  return {
    machine,
    ...amount,
    lengths: [...LENGTHS],
    agreements,
    figures,
    rows: [...rowsOf(times)],
  };
}
