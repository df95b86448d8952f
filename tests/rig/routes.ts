/** Every route of the app, with who may call it; a test fails when a file of `routes/` is not in this table. */

export type RouteRule = "anyone" | "guarded";

export interface RouteCase {
  readonly file: string;
  readonly method: "GET" | "POST";
  /** A path that leads to it. */
  readonly path: string;
  readonly rule: RouteRule;
}

const COMPONENT = "api/[module]/[component]";

function route(file: string, method: "GET" | "POST", path: string, rule: RouteRule = "guarded"): RouteCase {
  return { file, method, path, rule };
}

export const ROUTES: readonly RouteCase[] = [
  route("(site)/[...path].tsx", "GET", "/no/such/page/here"),
  route("(site)/[module]/[component].tsx", "GET", "/rig/generation"),
  route("(site)/index.tsx", "GET", "/"),
  route("api/[...path].ts", "GET", "/api/nothing"),
  route(`${COMPONENT}/chat.ts`, "POST", "/api/rig/chat/chat"),
  route(`${COMPONENT}/chat_prompt.ts`, "POST", "/api/rig/chat/chat_prompt"),
  route(`${COMPONENT}/elements/[element].ts`, "POST", "/api/rig/generation/elements/x"),
  route(`${COMPONENT}/elements/index.ts`, "GET", "/api/rig/generation/elements"),
  route(`${COMPONENT}/events.ts`, "GET", "/api/rig/generation/events"),
  route(`${COMPONENT}/generate.ts`, "POST", "/api/rig/generation/generate"),
  route(`${COMPONENT}/next_token.ts`, "POST", "/api/rig/generation/next_token"),
  route(`${COMPONENT}/samples.ts`, "GET", "/api/rig/generation/samples"),
  route(`${COMPONENT}/score.ts`, "POST", "/api/rig/generation/score"),
  route("api/app.ts", "GET", "/api/app"),
  route("api/health.ts", "GET", "/api/health", "anyone"),
  route("api/metrics.ts", "GET", "/api/metrics"),
  route("api/ready.ts", "GET", "/api/ready"),
  route("v1/[...path].ts", "GET", "/v1/nothing"),
  route("v1/chat/completions.ts", "POST", "/v1/chat/completions"),
  route("v1/completions.ts", "POST", "/v1/completions"),
  route("v1/models.ts", "GET", "/v1/models"),
];
