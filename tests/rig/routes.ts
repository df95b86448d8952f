/**
 * Every route of the app, with who may call it, a request that it can answer, and the status that it answers with; a test
 * fails when a file of `routes/`, or a method that one answers, is not in this table.
 */
import type { Module } from "../../lib/module.ts";
import { elementsRig } from "./elements_rig.ts";
import type { RigApp } from "./rig_app.ts";
import { rigModule } from "./rig_module.ts";
import { talkRig } from "./talk_rig.ts";

export type RouteRule = "anyone" | "guarded";

export interface RouteCase {
  readonly file: string;
  readonly method: "GET" | "POST" | "DELETE";
  /** A path that leads to it; `SESSION` stands for a session's ID. */
  readonly path: string;
  readonly rule: RouteRule;
  /** What a request by who may is answered with. */
  readonly status: number;
  readonly body?: object;
  /** Whether the answer is a stream of events. */
  readonly streams: boolean;
}

/** Modules in which each route finds something to answer. */
export const ROUTE_MODULES: readonly Module[] = [rigModule, elementsRig, talkRig];

const COMPONENT = "api/[module]/[component]";
const TURNS = { messages: [{ role: "user", content: "a" }] };
const SHORT = { params: { max_tokens: 2 } };

interface Told {
  readonly rule?: RouteRule;
  readonly status?: number;
  readonly body?: object;
  readonly streams?: boolean;
}

function get(file: string, path: string, { rule = "guarded", status = 200, streams = false }: Told = {}): RouteCase {
  return { file, method: "GET", path, rule, status, streams };
}

function post(file: string, path: string, body: object, { streams = false }: Told = {}): RouteCase {
  return { file, method: "POST", path, rule: "guarded", status: 200, body, streams };
}

/** What to send to a route. @param session of the page that the table's paths name */
export function routeRequest({ method, path, body }: RouteCase, session: string): readonly [string, RequestInit] {
  const headers = { "content-type": "application/json" };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return [path.replace("SESSION", session), init];
}

/** A new session of that page. */
export async function routeSession({ registry, sessions }: RigApp): Promise<string> {
  const module = registry.module("pages");
  const component = module?.components.find(({ name }) => name === "inputs");
  if (module === undefined || component?.kind !== "elements") throw new Error("the rig has no page of inputs");
  return (await sessions.open({ module, component, client: "a" })).id;
}

export const ROUTES: readonly RouteCase[] = [
  get("(site)/[...path].tsx", "/no/such/page/here", { status: 404 }),
  get("(site)/[module]/[component].tsx", "/rig/generation"),
  get("(site)/[module]/index.tsx", "/rig", { status: 302 }),
  get("(site)/index.tsx", "/", { status: 302 }),
  get("api/[...path].ts", "/api/nothing", { status: 404 }),
  post(`${COMPONENT}/chat.ts`, "/api/talk/chat/chat", { ...TURNS, ...SHORT }, { streams: true }),
  post(`${COMPONENT}/chat_prompt.ts`, "/api/talk/chat/chat_prompt", TURNS),
  post(`${COMPONENT}/elements/[element].ts`, "/api/pages/inputs/elements/button", {}, { streams: true }),
  {
    ...get(`${COMPONENT}/elements/[element].ts`, "/api/pages/inputs/elements/button?session=SESSION", { status: 204 }),
    method: "DELETE",
  },
  get(`${COMPONENT}/elements/index.ts`, "/api/pages/inputs/elements"),
  get(`${COMPONENT}/events.ts`, "/api/pages/inputs/events?session=SESSION", { streams: true }),
  post(`${COMPONENT}/generate.ts`, "/api/rig/generation/generate", SHORT, { streams: true }),
  post(`${COMPONENT}/next_token.ts`, "/api/rig/generation/next_token", {}),
  get(`${COMPONENT}/samples.ts`, "/api/rig/generation/samples"),
  get(`${COMPONENT}/scores.ts`, "/api/rig/generation/scores?rows=0"),
  post(`${COMPONENT}/score.ts`, "/api/rig/generation/score", {}),
  get(`${COMPONENT}/split.ts`, "/api/rig/generation/split"),
  get("api/app.ts", "/api/app"),
  get("api/health.ts", "/api/health", { rule: "anyone" }),
  get("api/metrics.ts", "/api/metrics"),
  // The rig has a model and a split that are missing.
  get("api/ready.ts", "/api/ready", { status: 503 }),
  get("v1/[...path].ts", "/v1/nothing", { status: 404 }),
  post("v1/chat/completions.ts", "/v1/chat/completions", { model: "talk/echo", ...TURNS, max_tokens: 2 }),
  post("v1/completions.ts", "/v1/completions", { model: "talk/echo", prompt: "ab", max_tokens: 2 }),
  get("v1/models.ts", "/v1/models"),
];
