/**
 * Writes what was measured into the README: `deno run -A bench/readme.ts engine.json [peers.json]`, the two files being what
 * `deno task bench --json` and `deno task bench:peers --json` gave. Without the second one its tables stay.
 */
import * as v from "valibot";
import { reportSchema as engineSchema, reportTable } from "./engine/report.ts";
import { reportSchema as peersSchema, reportTables } from "./peers/report.ts";

const README = new URL("../README.md", import.meta.url);

const [engineFile, peersFile] = Deno.args;
if (engineFile === undefined) {
  throw new TypeError(
    "Cannot write the README: expected a file of `bench --json`, and perhaps one of `bench:peers --json`",
  );
}
const engine = v.parse(engineSchema, JSON.parse(await Deno.readTextFile(engineFile)));
let text = await Deno.readTextFile(README);
text = replaceBetween(text, "engine", reportTable(engine));
if (peersFile !== undefined) {
  const peers = v.parse(peersSchema, JSON.parse(await Deno.readTextFile(peersFile)));
  text = replaceBetween(
    text,
    "peers",
    `${peers.machine}, one thread, ${peers.rounds} rounds\n\n${reportTables(peers)}`,
  );
}
await Deno.writeTextFile(README, text);
await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", README.pathname] }).output();

/** @throws {Error} naming the markers when they are not there */
function replaceBetween(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- bench ${name} -->`, `<!-- end of bench ${name} -->`];
  const from = text.indexOf(start), to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`Cannot write the README: expected ${start} and then ${end} in it`);
  return `${text.slice(0, from + start.length)}\n\n${content}\n\n${text.slice(to)}`;
}
