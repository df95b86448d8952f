/** What an app is told when it is made. */

/** Options of `new App()`. */
export interface FreshConfig {
  /** Prefix of every path, such as `/docs`. Default: none. */
  basePath?: string;
  /** Default: `production`; a `Builder` sets its own. */
  mode?: "development" | "production";
  /** Whether `ctx.url` honours `X-Forwarded-Proto` and `X-Forwarded-Host`. Default: false. */
  trustProxy?: boolean;
}

/** `app.config`: the options with defaults filled in. */
export interface ResolvedFreshConfig {
  root: string;
  basePath: string;
  mode: "development" | "production";
  trustProxy: boolean;
}
