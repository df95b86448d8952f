/** The page that development shows in place of a 5xx page: what went wrong, and where in the source. */
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { renderToString } from "preact-render-to-string";

const HERE = dirname(fileURLToPath(import.meta.url));
const LINES_AROUND = 3;
const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:0;padding:2rem;color:#1d1d1f;background:#fff}
h1{font-size:1.3rem;color:#b00020;white-space:pre-wrap;overflow-wrap:anywhere}
pre{padding:1rem;overflow:auto;background:#f4f4f5;border-left:4px solid #b00020}
@media (prefers-color-scheme:dark){body{color:#eee;background:#161618}h1{color:#ff8a80}pre{background:#232326}}`;

/** A place in a file of the project. */
interface Place {
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
}

/** Whether a response is a failure that a person looks at. */
export function isShownError(req: Request, response: Response): boolean {
  return response.status >= 500 && req.headers.get("accept")?.includes("text/html") === true;
}

/** The page for an error; `script` is the URL of the module that reloads it when the sources change. */
export function errorPage(error: unknown, status: number, root: string, script: string): Response {
  const message = plain(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  const stack = error instanceof Error ? plain(error.stack ?? "") : "";
  const place = placeOf(stack, root);
  const frame = place === undefined ? undefined : readFrame(place);
  const html = renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>{message}</title>
        <style>{STYLE}</style>
      </head>
      <body>
        <main role="alert">
          <h1>{message}</h1>
          {place !== undefined && <p>{`${relative(root, place.path)}:${place.line}:${place.column}`}</p>}
          {frame !== undefined && <pre class="frame">{frame}</pre>}
          <pre class="stack">{stack}</pre>
          <p>Only development shows this page: production answers with the app's own error page.</p>
        </main>
        <script type="module" src={script} />
      </body>
    </html>,
  );
  const headers = { "content-type": "text/html; charset=utf-8" };
  return new Response(`<!DOCTYPE html>${html}`, { status, headers });
}

/** Text without the colours that it has for terminals. */
function plain(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/\u001b\[[0-9;]*m/g, "");
}

/** The first place of a stack that is the project's own: not of a package, nor of this folder. */
export function placeOf(stack: string, root: string): Place | undefined {
  for (const [, url = "", line, column] of stack.matchAll(/(file:\/\/[^\s()]+?):(\d+):(\d+)/g)) {
    const path = fileURLToPath(url);
    const isOwn = path.startsWith(root) && !path.includes("/node_modules/") && dirname(path) !== HERE;
    if (isOwn) return { path, line: Number(line), column: Number(column) };
  }
  return undefined;
}

function readFrame(place: Place): string | undefined {
  try {
    return codeFrame(Deno.readTextFileSync(place.path), place);
  } catch {
    return undefined; // The stack may name a file that is gone by now; message and stack are enough then.
  }
}

/**
 * The lines around a place, with a mark below it.
 * @example codeFrame("one\ntwo", { path: "", line: 2, column: 1 }) // "  1 | one\n> 2 | two\n    | ^"
 */
export function codeFrame(source: string, { line, column }: Place): string {
  const lines = source.split("\n");
  const first = Math.max(1, line - LINES_AROUND);
  const shown = lines.slice(first - 1, line + LINES_AROUND);
  const width = String(first + shown.length - 1).length;
  return shown.flatMap((text, index) => {
    const number = String(first + index).padStart(width);
    if (first + index !== line) return [`  ${number} | ${text}`];
    const indent = text.slice(0, column - 1).replaceAll(/[^\t]/g, " "); // A tab stays as wide as it is.
    return [`> ${number} | ${text}`, `  ${" ".repeat(width)} | ${indent}^`];
  }).join("\n");
}
