/**
 * Runs `tests/promises/` and writes what the tests measured into the README's table, between its markers.
 * With IDs as arguments (`deno task promises A2 H1`) only those run, and the other rows keep their last value.
 */
import { MEASURED } from "../tests/rig/measured.ts";

const FOLDER = "tests/promises";
const README = "README.md";
const START = "<!-- promises -->";
const END = "<!-- end of promises -->";

/** Below the folder: those that measure time, memory or load, which run one after the other. */
export const ALONE = "alone/";

/** One file of `tests/promises/`. */
export interface PromiseFile {
  /** Its path in that folder. */
  readonly name: string;
  /** Such as "A2". */
  readonly id: string;
  /** The first sentence of the file. */
  readonly promise: string;
}

/** What was measured, by ID. */
type Values = ReadonlyMap<string, string>;

/** The files with the sentence that each begins with, by area and number. */
export async function readPromises(folder: string): Promise<readonly PromiseFile[]> {
  const files: PromiseFile[] = [];
  for (const below of ["", ALONE]) {
    for await (const { name: file } of Deno.readDir(`${folder}/${below}`)) {
      const name = below + file;
      if (name.endsWith("_test.ts")) files.push(readPromise(name, await Deno.readTextFile(`${folder}/${name}`)));
    }
  }
  const order = ({ id }: PromiseFile) => id.slice(0, 1) + id.slice(1).padStart(3, "0");
  return files.toSorted((a, b) => order(a) < order(b) ? -1 : 1);
}

function readPromise(name: string, text: string): PromiseFile {
  const [, id = "", promise = ""] = /^\/\*\* ?(?:\n \* )?([A-Z]\d+): ([\s\S]+?)\s*\*\//.exec(text) ?? [];
  const sentence = promise.replace(/\s*\n \* ?/g, " ").split(/(?<=\.) /)[0] ?? "";
  if (name.replace(ALONE, "").startsWith(`${id.toLowerCase()}_`) && sentence.endsWith(".")) {
    return { name, id, promise: sentence };
  }
  throw new SyntaxError(`Cannot list ${name}: expected it to begin with /** ID: a sentence. */, the ID as in its name`);
}

/** The rows of the table in a README. */
export function readTable(readme: string): readonly (PromiseFile & { readonly value: string })[] {
  const table = readme.slice(readme.indexOf(START), readme.indexOf(END));
  const rows = table.matchAll(/^\| \[(\w+)\]\(tests\/promises\/([^)]+)\)\s*\| (.*?)\s*\| (.*?)\s*\|$/gm);
  return [...rows].map(([, id = "", name = "", promise = "", value = ""]) => {
    const plain = (cell: string) => cell.replaceAll("\\|", "|");
    return { name, id, promise: plain(promise), value: plain(value) };
  });
}

function tableOf(files: readonly PromiseFile[], values: Values): string {
  const rows = files.map(({ name, id, promise }) => {
    const value = values.get(id);
    if (value === undefined) throw new RangeError(`Cannot fill the table: nothing printed "measured ${id}: …"`);
    return [`[${id}](${FOLDER}/${name})`, promise, value].map((cell) => cell.replaceAll("|", "\\|"));
  });
  return ["| | promise | last measured |", "| --- | --- | --- |", ...rows.map((row) => `| ${row.join(" | ")} |`)]
    .join("\n");
}

/** Runs those that measure nothing but their table side by side, and then the others. */
async function measure(files: readonly PromiseFile[]): Promise<Values> {
  const isAlone = ({ name }: PromiseFile) => name.startsWith(ALONE);
  const values = new Map<string, string>();
  await run(["--parallel"], files.filter((file) => !isAlone(file)), values);
  await run([], files.filter(isAlone), values);
  return values;
}

/** @throws {Error} when a test fails */
async function run(
  flags: readonly string[],
  files: readonly PromiseFile[],
  values: Map<string, string>,
): Promise<void> {
  if (files.length === 0) return;
  const args = ["test", "-A", ...flags, ...files.map(({ name }) => `${FOLDER}/${name}`)];
  const child = new Deno.Command("deno", { args, env: { NO_COLOR: "1" }, stdout: "piped", stderr: "inherit" }).spawn();
  let rest = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    await Deno.stdout.write(new TextEncoder().encode(chunk));
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [, id, value] = MEASURED.exec(line) ?? [];
      if (id === undefined || value === undefined) continue;
      const earlier = values.get(id);
      values.set(id, earlier === undefined ? value : `${earlier}; ${value}`);
    }
  }
  if (!(await child.status).success) throw new Error("Cannot write the table: a promise does not hold, see above");
}

async function writeTable(readme: string, table: string): Promise<void> {
  const start = readme.indexOf(START), end = readme.indexOf(END);
  if (start < 0 || end < start) throw new SyntaxError(`Cannot write the table: ${README} has not both its markers`);
  await Deno.writeTextFile(README, `${readme.slice(0, start)}${START}\n\n${table}\n\n${readme.slice(end)}`);
  await new Deno.Command("deno", { args: ["fmt", "--quiet", README] }).output();
}

if (import.meta.main) {
  const files = await readPromises(FOLDER);
  const wanted = Deno.args.length === 0 ? files : files.filter(({ id }) => Deno.args.includes(id));
  const values = await measure(wanted);
  const readme = await Deno.readTextFile(README);
  const kept = readTable(readme).map(({ id, value }) => [id, value] as const);
  await writeTable(readme, tableOf(files, new Map([...kept, ...values])));
  console.log(`${files.length} promises are in ${README}, ${values.size} measured now`);
}
