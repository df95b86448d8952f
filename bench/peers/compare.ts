/**
 * Ours and others side by side: `deno task bench:peers [--json] [--rounds 3] [--tokens 32] [--only visuallm,torch]`.
 * One thread for everybody. Tables on standard output, progress on standard error.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import type { Times } from "../times.ts";
import { compareLogprobs } from "./agreement.ts";
import { Contestant, type Entry } from "./contestant.ts";
import { entriesOf, OURS } from "./entries.ts";
import { prepare } from "./prepare.ts";
import { agreementTable, type Report, reportTables } from "./report.ts";
import { decodeOf, firstOf, LENGTHS, runRounds } from "./rounds.ts";
import { rowsOf } from "./rows.ts";

/** Loads of ours in fresh processes after the first one, which may fill caches. */
const WARM_LOADS = 3;

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
const entries = entriesOf(await prepare(say)).filter(({ name }) => wanted.some((start) => name.startsWith(start)));
await using stack = new AsyncDisposableStack();
const { contestants, loadsMs } = await startAll(entries, stack);
const agreements = await compareLogprobs(contestants);
const amount = { rounds: Number(options.rounds), tokens: Number(options.tokens) };
const times = await runRounds(contestants, amount, say);
for (const entry of entries) if (entry.name.startsWith(OURS)) loadsMs.set(entry.name, await warmLoad(entry));
const report = reportOf(times);
console.log(
  options.json ? JSON.stringify(report, null, 1) : `${agreementTable(report)}\n\n${reportTables(report)}`,
);

/** Those that do not start are told and left out. */
async function startAll(entries: readonly Entry[], stack: AsyncDisposableStack) {
  const contestants: Contestant[] = [];
  const loadsMs = new Map<string, number>();
  for (const entry of entries) {
    const contestant = stack.use(new Contestant(entry));
    try {
      loadsMs.set(entry.name, await contestant.load());
      contestants.push(contestant);
      say(`${entry.name} is loaded`);
    } catch (error) {
      say(`left out: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { contestants, loadsMs };
}

async function warmLoad(entry: Entry): Promise<number> {
  const times: number[] = [];
  for (let load = 0; load < WARM_LOADS; load++) {
    await using contestant = new Contestant(entry);
    times.push(await contestant.load());
  }
  return Math.min(...times);
}

function reportOf(times: Times): Report {
  const figures = contestants.map(({ entry: { name } }) => ({
    name,
    decodeMs: LENGTHS.map((length) => times.p10(decodeOf(name, length))),
    firstMs: LENGTHS.map((length) => times.least(firstOf(name, length))),
    loadMs: loadsMs.get(name) ?? NaN,
  }));
  const machine = cpus()[0]?.model ?? "unknown";
  return {
    machine,
    ...amount,
    lengths: [...LENGTHS],
    agreements: [...agreements],
    figures,
    rows: [...rowsOf(times, loadsMs)],
  };
}
