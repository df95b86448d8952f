/** Every route, page and built-in action of the example modules, asked of an app that listens. */
import assert from "node:assert/strict";
import { ROUTES } from "./routes.ts";

/** The modules that a walk asks for; the last needs a server of OpenAI's API. */
export const WALK_MODULES = ["alpaca", "persona_chat", "poems", "simple", "elements", "openai"]
  .map((name) => `examples/${name}/mod.ts`);

/** A request, and what came back. */
export interface Visit {
  /** A file of `routes/`. */
  readonly route: string;
  readonly path: string;
  readonly status: number;
  readonly text: string;
}

/** Where a request goes, and its body; a GET has none. */
type Call = readonly [route: string, path: string, body?: object];

const API = "api/[module]/[component]";
const PAGE = "(site)/[module]/[component].tsx";
export const ELEMENT = `${API}/elements/[element].ts`;
const PARAMS = { max_tokens: 4, seed: 1 };
const MESSAGES = [{ role: "user", content: "hello !" }];
const TURNS = { messages: MESSAGES, params: PARAMS };
const COMPLETION = { model: "alpaca/demo", prompt: "Anna", max_tokens: 4 };

const CALLS: readonly Call[] = [
  ["(site)/index.tsx", "/"],
  ["(site)/[module]/index.tsx", "/alpaca"],
  ["(site)/[...path].tsx", "/no/such/page/here"],
  ["api/[...path].ts", "/api/nothing"],
  ["api/app.ts", "/api/app"],
  ["api/health.ts", "/api/health"],
  ["api/ready.ts", "/api/ready"],
  ["api/metrics.ts", "/api/metrics"],
  [PAGE, "/alpaca/dataset?q=the&sort=-output"],
  [`${API}/samples.ts`, "/api/alpaca/dataset/samples?q=the&sort=-output&limit=3"],
  [`${API}/generate.ts`, "/api/alpaca/generation/generate", { params: { ...PARAMS, n: 2 } }],
  [`${API}/generate.ts`, "/api/poems/generation/generate", { params: PARAMS }],
  [`${API}/generate.ts`, "/api/openai/generation/generate", { generator: "text", params: PARAMS }],
  [`${API}/split.ts`, "/api/alpaca/dataset/split"],
  [`${API}/scores.ts`, "/api/alpaca/dataset/scores?rows=0"],
  [`${API}/score.ts`, "/api/alpaca/generation/score", {}],
  [`${API}/next_token.ts`, "/api/alpaca/next-token/next_token", {}],
  [`${API}/chat.ts`, "/api/persona_chat/chat/chat", TURNS],
  [`${API}/chat.ts`, "/api/openai/chat/chat", TURNS],
  [`${API}/chat_prompt.ts`, "/api/persona_chat/chat/chat_prompt", TURNS],
  ["v1/[...path].ts", "/v1/nothing"],
  ["v1/models.ts", "/v1/models"],
  ["v1/completions.ts", "/v1/completions", COMPLETION],
  ["v1/chat/completions.ts", "/v1/chat/completions", { ...COMPLETION, prompt: undefined, messages: MESSAGES }],
];

/** Asks all of it, and checks that no route is left out. */
export async function walk(origin: string, headers: Readonly<Record<string, string>> = {}): Promise<readonly Visit[]> {
  const visits: Visit[] = [];
  const visit = async ([route, path, body]: Call): Promise<string> => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const answer = await fetch(origin + path, {
      ...init,
      headers: { ...headers, ...(body && { "content-type": "application/json" }) },
    });
    const text = await answer.text();
    visits.push({ route, path, status: answer.status, text });
    return text;
  };
  const { modules }: { modules: { name: string; components: { name: string; kind: string }[] }[] } = JSON.parse(
    await visit(["api/app.ts", "/api/app"]),
  );
  for (const { name, components } of modules) {
    for (const component of components) await visit([PAGE, `/${name}/${component.name}`]);
  }
  for (const call of CALLS) await visit(call);
  const pages = modules.flatMap(({ name, components }) =>
    components.filter(({ kind }) => kind === "elements").map((component) => `/api/${name}/${component.name}`)
  );
  await Promise.all(pages.map(async (place) => {
    const { session, elements } = JSON.parse(await visit([`${API}/elements/index.ts`, `${place}/elements`]));
    for (const name of Object.keys(elements)) await visit([ELEMENT, `${place}/elements/${name}`, { session }]);
    await visit([`${API}/events.ts`, `${place}/events?session=${session}`]);
  }));
  // An element that does nothing is no place to go.
  const all = visits.filter(({ route, status }) => route !== ELEMENT || status !== 404);
  const seen = new Set(all.map(({ route }) => route));
  assert.deepEqual(ROUTES.map(({ file }) => file).filter((file) => !seen.has(file)), [], "routes left out");
  return all;
}
