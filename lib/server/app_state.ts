import { App, type Context, type FreshConfig } from "fresh";
import type { Component } from "../components/component.ts";
import type { Access } from "./entry/guard.ts";
import type { Log } from "./telemetry/log.ts";
import { newProblemId } from "./problem.ts";
import type { Registry } from "./registry.ts";
import { RequestCounts } from "./telemetry/request_counts.ts";
import { Scoring } from "./rows/scoring.ts";
import type { Sessions } from "./sessions.ts";

/** What the routes of one app share. */
export interface Services {
  readonly registry: Registry;
  readonly sessions: Sessions;
  readonly access: Access;
  readonly log: Log;
  /** Whether /v1 answers. */
  readonly servesApi: boolean;
  /** Aborts when the app stops; streams end with it. */
  readonly shutdown: AbortSignal;
}

/** Filled as a request is worked on. */
export interface Tally {
  /** Tokens that were generated. */
  tokens?: number;
  /** The title of the problem that it ended with. */
  code?: string;
}

/** `ctx.state` of every request. */
export interface State extends Services {
  /** Names the request in the log, and in the problem that it may end with. */
  readonly requestId: string;
  /** Who calls, for what is counted by client; set by the guard. */
  readonly client: string;
  /** What the log's line of this request will tell besides. */
  readonly tally: Tally;
  /** Headers of the problems that were told, by status: a page that ends with one has them too. */
  readonly problemHeaders: Map<number, Readonly<Record<string, string>>>;
  /** Where the rail leads from a page that shows something: to the same on another screen of its module. Set by the page. */
  hrefOf?: (component: Component) => string;
  readonly counts: RequestCounts;
  /** Rows that are scored in the background. */
  readonly scoring: Scoring;
}

/** Who asks, and the app. */
export type Requester = Pick<Context<State>, "state">;

/** The app as a value: `main.ts` serves it, tests call its handler without a socket. */
export function createApp(services: Services, config: FreshConfig = {}): App<State> {
  const counts = new RequestCounts();
  const scoring = new Scoring(services.shutdown);
  return new App<State>(config)
    .use((ctx) => {
      const own = { requestId: newProblemId(), tally: {}, problemHeaders: new Map() };
      Object.assign(ctx.state, services, { counts, scoring, ...own });
      return ctx.next();
    })
    .fsRoutes();
}
