/** What a page tells the browser: the modules to load and the props of its islands. */
import type { VNode } from "preact";
import type { RenderState } from "./render_state.ts";
import { serialize } from "./serial.ts";
import type { Island } from "./island.ts";
import { element } from "./vnode.ts";

/** Notes which fields are used while the modules are on their way, for `client_fields.ts`. */
const NOTE_USED_FIELDS =
  'self.frshUsedFields=new WeakSet;addEventListener("input",(event)=>frshUsedFields.add(event.target),true);';

/** The script that runs before anything of a page can be used, or nothing when the page needs none. */
export function firstScript(state: RenderState): VNode | null {
  return state.needsClient && !state.isPartial ? script(state, NOTE_USED_FIELDS) : null;
}

/** The scripts of a page, or nothing when the page needs none. */
export function bootScript(state: RenderState): VNode | null {
  const { devEntry } = state.snapshot;
  if (!state.needsClient && devEntry === undefined) return null;
  const json = serialize(state.islands);
  if (state.isPartial) return partialState(state, json);
  const islands = usedIslands(state);
  const from = (file: string) => JSON.stringify(state.basePath + file);
  let code = devEntry === undefined ? "" : `import${from(devEntry)};`;
  if (state.needsClient) {
    code += `import{boot}from${from(state.snapshot.clientEntry)};`;
    islands.forEach(({ file, exportName }, index) => code += `import{${exportName} as i${index}}from${from(file)};`);
    code += `boot({${islands.map(({ name }, index) => `${name}:i${index}`)}},${JSON.stringify(json)});`;
  }
  return script(state, code, "module");
}

function script({ nonce }: RenderState, code: string, type?: "module"): VNode {
  return element("script", { type, nonce, dangerouslySetInnerHTML: { __html: scriptText(code) } });
}

/** A partial response carries data instead of a script: a script of another request's nonce would be blocked. */
function partialState(state: RenderState, json: string): VNode {
  const islands = usedIslands(state).map(({ file, name, exportName }) => ({
    file: state.basePath + file,
    name,
    exportName,
  }));
  const text = scriptText(JSON.stringify({ islands, props: json }));
  const id = `frsh-state-${state.partialId}`;
  return element("script", { type: "application/json", id, dangerouslySetInnerHTML: { __html: text } });
}

function usedIslands(state: RenderState): Island[] {
  return [...new Set(state.islands.map(({ island }) => island))];
}

/** Subtle: in a script only `<` can end the element or begin a comment. */
function scriptText(code: string): string {
  return code.replaceAll("<", "\\u003c");
}

/** The `Link` header that preloads the modules of a page. */
export function preloadHeader(state: RenderState): string | undefined {
  if (!state.needsClient) return undefined;
  const files = new Set([state.snapshot.clientEntry, ...usedIslands(state).map(({ file }) => file)]);
  return [...files].map((file) => `<${encodeURI(state.basePath + file)}>; rel="modulepreload"; as="script"`).join(", ");
}
