/** Whether a graph can be used, told before anything native reads it. */
import { dirname, join } from "node:path";
import { type GraphFile, readGraphFile } from "./graph_file.ts";
import { PAST, PRESENT } from "./onnx_model.ts";
import { thrownText } from "../../lm/thrown.ts";

interface Checked {
  /** The model's folder, as a real path: nothing outside of it is read. */
  readonly folder: string;
  /** The graph's file, in that folder. */
  readonly file: string;
}

/** @throws {Error} naming the file, what is wrong with it, and what was expected */
export async function checkGraph({ folder, file }: Checked): Promise<GraphFile> {
  const path = `${folder}/${file}`;
  const graph = readGraphFile(path);
  for (const { location, tensor, endByte } of graph.external) {
    try {
      await checkExternal(folder, join(dirname(path), location), location, endByte);
    } catch (error) {
      const reason = thrownText(error);
      throw new RangeError(`Cannot load ${path}: its tensor "${tensor}" is in ${JSON.stringify(location)}, ${reason}`);
    }
  }
  const problem = interfaceProblem(graph);
  if (problem !== undefined) throw new TypeError(`Cannot use ${path}: ${problem}`);
  return graph;
}

/** Whether a graph looks for weights outside of the folder that it lies in. */
export function leavesFolder(location: string): boolean {
  const isAbsolute = /^([/\\]|[A-Za-z]:)/.test(location);
  return location === "" || isAbsolute || location.split(/[/\\]/).includes("..");
}

async function checkExternal(folder: string, path: string, location: string, endByte: number): Promise<void> {
  if (leavesFolder(location)) throw new RangeError("which leads out of its folder; expected a file beside it");
  let real: string;
  try {
    real = await Deno.realPath(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new RangeError("and there is no such file");
    throw error;
  }
  if (!real.startsWith(`${folder}/`)) throw new RangeError("a link out of the model's folder");
  const { size } = await Deno.stat(real);
  if (size < endByte) throw new RangeError(`which ends at byte ${size}; expected ${endByte}`);
}

/** What keeps a sound graph from being a decoder with a cache. */
function interfaceProblem({ inputs, outputs }: GraphFile): string | undefined {
  const cached = inputs.filter((name) => name.startsWith(PAST)).map((name) => name.slice(PAST.length));
  if (cached.length === 0) {
    return "its graph has no past_key_values inputs; export it again with the task text-generation-with-past";
  }
  const missing = ["logits", ...cached.map((name) => PRESENT + name)].find((name) => !outputs.includes(name));
  if (missing !== undefined) return `its graph has no output "${missing}"`;
  return inputs.includes("input_ids") ? undefined : `its graph has no input "input_ids"`;
}
