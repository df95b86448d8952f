/** Changes static files while building. */

/** Which files a transformer is for. */
export interface OnTransformOptions {
  pluginName: string;
  filter: RegExp;
  exclude?: RegExp[];
}

export interface OnTransformArgs {
  /** URL path of the file. */
  readonly path: string;
  readonly content: Uint8Array<ArrayBuffer>;
  readonly text: string;
  readonly mode: "development" | "production";
  readonly target: string | string[];
}

type Content = string | Uint8Array<ArrayBuffer>;
/** New content, or several files; nothing leaves the file as it is. */
type Transformed = Content | { content: Content; path?: string } | { content: Content; path?: string }[] | void;
export type TransformFn = (args: OnTransformArgs) => Transformed | Promise<Transformed>;

export interface Transformer {
  readonly options: OnTransformOptions;
  readonly transform: TransformFn;
}

export interface FileContent {
  readonly path: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** Runs the matching transformers one after the other; the content is the same object if none changed it. */
export async function transformFile(
  file: { url: string; content: Uint8Array<ArrayBuffer>; mode: OnTransformArgs["mode"]; target: string | string[] },
  transformers: readonly Transformer[],
): Promise<FileContent[]> {
  let files: FileContent[] = [{ path: file.url, content: file.content }];
  for (const { options, transform } of transformers) {
    const next: FileContent[] = [];
    for (const each of files) {
      const isMatch = options.filter.test(each.path) && !options.exclude?.some((pattern) => pattern.test(each.path));
      if (!isMatch) {
        next.push(each);
        continue;
      }
      const { mode, target } = file;
      const lazyText = {
        get text() {
          return new TextDecoder().decode(each.content);
        },
      };
      const result = await transform(Object.assign(lazyText, { ...each, mode, target }));
      next.push(...outputs(result, each));
    }
    files = next;
  }
  return files;
}

function outputs(result: Transformed, file: FileContent): FileContent[] {
  if (result === undefined) return [file];
  if (typeof result === "string" || result instanceof Uint8Array) return [{ path: file.path, content: bytes(result) }];
  return [result].flat().map(({ content, path = file.path }) => ({ path, content: bytes(content) }));
}

function bytes(content: Content): Uint8Array<ArrayBuffer> {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

/** Adds the build id to the local files that stylesheets name. */
export function cssUrls(buildId: string): Transformer {
  return {
    options: { pluginName: "fresh-css-urls", filter: /\.css$/ },
    transform: ({ text }) => {
      const changed = text.replaceAll(/url\(\s*(["']?)([^"')]+)\1\s*\)/g, (all, quote: string, url: string) => {
        if (/^(?:[a-z]+:|\/\/|#)/i.test(url) || url.includes("__frsh_c")) return all;
        const [path = "", ...hash] = url.split("#");
        const separator = path.includes("?") ? "&" : "?";
        return `url(${quote}${[`${path}${separator}__frsh_c=${buildId}`, ...hash].join("#")}${quote})`;
      });
      return changed === text ? undefined : changed;
    },
  };
}
