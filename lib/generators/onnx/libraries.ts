/** transformers.js and ONNX Runtime's binding, and the tokenizer that is read by them. Imported here and nowhere else. */
import { readChatTemplate } from "./chat_template.ts";
import { Tokenizer } from "./tokenizer.ts";
import { tokenizerSource } from "./tokenizer_source.ts";
import { thrownText } from "../../lm/thrown.ts";

export type Modules = Awaited<ReturnType<typeof importModules>>;

/** What a model needs of the libraries. Each part is begun when it is first asked for, as it keeps the thread busy. */
export class Libraries {
  readonly #path: string;
  #modules: Promise<Modules> | undefined;
  #tokenizer: Promise<Tokenizer> | undefined;

  /** @param path folder of the model */
  constructor(path: string) {
    this.#path = path;
  }

  modules(): Promise<Modules> {
    return this.#modules ??= importModules(this.#path);
  }

  tokenizer(): Promise<Tokenizer> {
    if (this.#tokenizer === undefined) {
      this.#tokenizer = this.#loadTokenizer();
      // Its error is told by whoever awaits it, once the graph is open.
      this.#tokenizer.catch(() => {});
    }
    return this.#tokenizer;
  }

  /** Resolves when nothing that was begun is on its way any more. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#modules, this.#tokenizer]);
  }

  async #loadTokenizer(): Promise<Tokenizer> {
    const { transformers: { AutoTokenizer } } = await this.modules();
    const load = () => AutoTokenizer.from_pretrained(folderName(this.#path));
    const loaded = await naming(`${this.#path}/tokenizer.json`, load);
    // The library looks for one in tokenizer_config.json alone.
    loaded.chat_template ??= await readChatTemplate(this.#path);
    return new Tokenizer(tokenizerSource(loaded));
  }
}

/** A model by the name that the library knows it by. */
export function folderName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** @throws {Error} naming the file that could not be loaded */
export async function naming<Value>(file: string, load: () => Promise<Value>): Promise<Value> {
  try {
    return await load();
  } catch (error) {
    const reason = thrownText(error);
    throw new Error(`Cannot load ${file}: ${reason}`, { cause: error });
  }
}

async function importModules(path: string) {
  // Subtle: in a worker started from a file, `location.origin` is "null", on which the library's import fails.
  Object.defineProperty(globalThis, "location", { value: undefined, configurable: true });
  const transformers = await import("@huggingface/transformers");
  const runtime = await import("onnxruntime-node");
  const { env } = transformers;
  // What it would fetch is in the folder, or is not wanted.
  env.useBrowserCache = false;
  env.useFSCache = false;
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = path.slice(0, path.lastIndexOf("/") + 1);
  return { transformers, runtime };
}
