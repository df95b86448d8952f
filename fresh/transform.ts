/** Changes static files while building. */
import { matchesGlob } from "node:path";

/** Which files a transformer is for. */
export interface OnTransformOptions {
  pluginName: string;
  /** Tested against the path on disk. */
  filter: RegExp;
  /** Patterns, globs or parts of paths. */
  exclude?: (string | RegExp)[];
}

export interface OnTransformArgs {
  /** Path of the file on disk. */
  readonly path: string;
  readonly root: string;
  readonly content: Uint8Array<ArrayBuffer>;
  readonly text: string;
  readonly mode: "development" | "production";
  readonly target: string | string[];
}

export interface OnTransformResult {
  content: string | Uint8Array<ArrayBuffer>;
  /** Where the content goes, if not where it came from. */
  path?: string;
}

/** New content; or several files, each with its path; nothing leaves the file as it is. */
type Transformed = OnTransformResult | OnTransformResult[] | void;
export type TransformFn = (args: OnTransformArgs) => Transformed | Promise<Transformed>;

export interface Transformer {
  readonly options: OnTransformOptions;
  readonly transform: TransformFn;
}

interface FileContent {
  readonly path: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** The files that one file becomes: all that match are run, also on the files that others made of it. */
export async function transformFile(
  file: FileContent & Pick<OnTransformArgs, "root" | "mode" | "target">,
  transformers: readonly Transformer[],
): Promise<FileContent[]> {
  const { root, mode, target } = file;
  const queue: FileContent[] = [file];
  const done = new Map<string, FileContent>();
  for (const queued of queue) {
    if (done.has(queued.path)) continue;
    let at: FileContent | undefined = queued;
    for (const transformer of transformers) {
      if (at === undefined || !applies(transformer.options, at.path)) continue;
      const made = await run(transformer, { ...at, root, mode, target });
      at = made.own;
      queue.push(...made.others);
    }
    if (at !== undefined && !done.has(at.path)) done.set(at.path, at);
  }
  return [...done.values()];
}

/** What one transformer makes of a file: its new content, which may move, and files beside it. */
async function run(
  { options, transform }: Transformer,
  { path, content, ...about }: Omit<OnTransformArgs, "text">,
): Promise<{ own: FileContent | undefined; others: FileContent[] }> {
  const result = await transform({
    ...about,
    path,
    content,
    get text() {
      return new TextDecoder().decode(content);
    },
  });
  if (result === undefined) return { own: { path, content }, others: [] };
  if (!Array.isArray(result)) return { own: { path: result.path ?? path, content: bytes(result.content) }, others: [] };
  const files = result.map((each) => {
    if (each.path !== undefined) return { path: each.path, content: bytes(each.content) };
    const rule = `The ".path" property must be set when returning multiple files in a transformer.`;
    throw new TypeError(`${rule} [${options.pluginName}]`);
  });
  const own = files.find((each) => each.path === path);
  return { own, others: files.filter((each) => each !== own) };
}

function applies({ filter, exclude = [] }: OnTransformOptions, path: string): boolean {
  filter.lastIndex = 0; // Of a pattern with the flag g or y.
  return filter.test(path) &&
    !exclude.some((each) =>
      typeof each === "string" ? path.includes(each) || matchesGlob(path, each) : each.test(path)
    );
}

function bytes(content: OnTransformResult["content"]): Uint8Array<ArrayBuffer> {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

/** Adds the build id to the local files that stylesheets name. */
export function cssUrls(lock: (path: string) => string): Transformer {
  return {
    options: { pluginName: "fresh-css-urls", filter: /\.css$/ },
    transform: ({ text }) => {
      const content = text.replaceAll(
        /url\(\s*(["']?)(\/[^"')]+)\1\s*\)/g,
        (_, _quote: string, url: string) => `url("${lock(url)}")`,
      );
      return content === text ? undefined : { content };
    },
  };
}
