/** Makes what the contestants need: packages of others and one model in the form that each reads. Kept in `.cache`. */
import { createHash } from "node:crypto";
import { failureOf, makeVenv, nameOf, readRequirements } from "../../tools/peers/venv.ts";

const ROOT = new URL("../../", import.meta.url);
const CACHE = new URL(".cache/peers/", ROOT).pathname;
const VENV = `${CACHE}bench_venv`;
const REQUIREMENTS = new URL("tools/peers/bench_requirements.txt", ROOT);
const RECIPE = new URL("tools/peers/make_gpt2.py", ROOT).pathname;
/** All that says what the models are like. */
const RECIPES = ["tools/peers/make_gpt2.py", "tools/peers/gpt2_weights.py", "tools/demo_model/graph.py"];

/** Compiles, which needs a compiler; the others come ready. */
const COMPILED = "llama-cpp-python";

export interface Prepared {
  readonly python: string;
  /** Folder of the models. */
  readonly models: string;
}

/** @throws {Error} when packages or model cannot be made; one that compiles may be absent */
export async function prepare(say: (line: string) => void): Promise<Prepared> {
  await Deno.mkdir(CACHE, { recursive: true });
  const wanted = await readRequirements(REQUIREMENTS);
  say("packages: the first time these are 6 GB and some minutes of compiling");
  const ready = await makeVenv(VENV, wanted.filter((line) => nameOf(line) !== COMPILED));
  if (ready.missing !== undefined) throw new Error(`Cannot compare: the packages ${ready.missing}`);
  const compiled = await makeVenv(VENV, wanted.filter((line) => nameOf(line) === COMPILED));
  if (compiled.missing !== undefined) say(`${COMPILED} ${compiled.missing}`);
  const models = `${CACHE}gpt2-${await recipesKey()}`;
  if (!await exists(models)) {
    say("models: 3 GB");
    await makeModels(ready.python, models);
  }
  return { python: ready.python, models };
}

/** Another one for models that would be made otherwise. */
async function recipesKey(): Promise<string> {
  const hash = createHash("sha256");
  for (const recipe of RECIPES) hash.update(await Deno.readFile(new URL(recipe, ROOT)));
  return hash.digest("hex").slice(0, 8);
}

/** Subtle: under another name until they are whole. */
async function makeModels(python: string, models: string): Promise<void> {
  const part = `${models}.part`;
  const reason = await failureOf([python, RECIPE, part]);
  if (reason !== undefined) throw new Error(`Cannot make the models: ${reason}`);
  await Deno.rename(part, models);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
