/** The app with the rig's module, called without a socket. */
import freshConfig from "../../fresh.config.ts";
import { createApp } from "../../lib/server/app_state.ts";
import type { Budget } from "../../lib/server/admission/budget.ts";
import type { ProxyConfig } from "../../lib/server/setting_values.ts";
import { Access } from "../../lib/server/entry/guard.ts";
import { createLog } from "../../lib/server/telemetry/log.ts";
import type { Module } from "../../lib/module.ts";
import { Registry } from "../../lib/server/registry.ts";
import { Sessions } from "../../lib/server/sessions.ts";
import { Traffic, type TrafficOptions } from "../../lib/server/admission/traffic.ts";
import { applyPages } from "./built_pages.ts";
import { rigModule } from "./rig_module.ts";

const ORIGIN = "http://127.0.0.1:8000";
const ROOT = new URL("../../", import.meta.url);

export interface RigApp {
  readonly registry: Registry;
  readonly access: Access;
  readonly sessions: Sessions;
  /** Lines that the app logged. */
  readonly logged: readonly string[];
  readonly stop: () => void;
  /** As a server calls it, with the other end's address. */
  readonly handler: (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>;
}

interface RigOptions {
  readonly modules?: readonly Module[];
  readonly token?: string;
  readonly proxy?: ProxyConfig;
  readonly allowedHosts?: readonly string[];
  readonly servesApi?: boolean;
  /** Whether its log holds messages of failures. */
  readonly logsContent?: boolean;
  readonly budget?: Budget;
  readonly env?: (name: string) => string | undefined;
  readonly traffic?: TrafficOptions;
}

/** An app of its own, with the pages that all tests share. */
export async function rigApp(
  {
    modules = [rigModule],
    token,
    proxy,
    allowedHosts = [],
    servesApi = false,
    logsContent = false,
    budget,
    env = () => undefined,
    traffic = {},
  }: RigOptions = {},
): Promise<RigApp> {
  const files = modules.map((module) => ({ module, file: `${module.name}/mod.ts`, url: new URL("tests/rig/", ROOT) }));
  const options = { rootUrl: ROOT, cacheDir: ".tmp", env, traffic: new Traffic(traffic) };
  const registry = new Registry(files, { ...options, ...(budget && { budget }) });
  await registry.check();
  const stopping = new AbortController();
  const logged: string[] = [];
  const secret = { ...(token !== undefined && { token }), ...(proxy !== undefined && { proxy }) };
  const access = new Access({ host: "127.0.0.1", port: 8000, allowedHosts, ...secret });
  const log = createLog("info", { hasMessages: logsContent, write: (line) => logged.push(line) });
  const sessions = new Sessions({ registry, log });
  const services = { registry, sessions, access, log, servesApi, shutdown: stopping.signal };
  const app = createApp(services, freshConfig.app);
  await applyPages(app);
  const handler = app.handler();
  const call = (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    if (!headers.has("host")) headers.set("host", new URL(ORIGIN).host);
    return handler(new Request(new URL(path, ORIGIN), { ...init, headers }));
  };
  return {
    registry,
    access,
    sessions,
    logged,
    handler,
    stop: () => stopping.abort(),
    fetch: call,
    post: (path, body, init = {}) =>
      call(path, {
        method: "POST",
        body: typeof body === "string" ? body : JSON.stringify(body),
        ...init,
        headers: { "content-type": "application/json", ...Object.fromEntries(new Headers(init.headers)) },
      }),
  };
}

/** Path of a call of the rig's component. */
export function rigPath(call: string): string {
  return `/api/rig/generation/${call}`;
}
