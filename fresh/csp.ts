import type { Middleware } from "./handler.ts";
import { nonceOf } from "./nonces.ts";

/** Options of `csp()`. */
export interface CSPOptions {
  /** Only reports violations. Default: false. */
  reportOnly?: boolean;
  /** URL that violations are reported to. */
  reportTo?: string;
  /** Directives; one replaces the default of the same name. */
  csp?: string[];
  /** Turns `'unsafe-inline'` of scripts and styles into the nonce of the rendered page. Default: false. */
  useNonce?: boolean;
}

const DEFAULTS: readonly string[] = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "upgrade-insecure-requests",
];

const PRELOAD = /rel="modulepreload"; as="script"/g;

/**
 * Sets `Content-Security-Policy` on what the steps after it respond.
 * @example app.use(csp({ useNonce: true, csp: ["script-src 'unsafe-inline' 'strict-dynamic'"] }))
 */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  const { reportOnly = false, reportTo, useNonce = false } = options;
  const own = options.csp ?? [];
  const replaced = new Set(own.map(nameOf));
  const policy = [...DEFAULTS.filter((directive) => !replaced.has(nameOf(directive))), ...own];
  if (reportTo !== undefined) policy.push("report-to csp-endpoint", `report-uri ${reportTo}`);
  const header = reportOnly ? "content-security-policy-report-only" : "content-security-policy";
  return async (ctx) => {
    const response = await ctx.next();
    const nonce = useNonce ? nonceOf(response) : undefined;
    const applied = nonce === undefined ? policy : policy.map((directive) => withNonce(directive, nonce));
    response.headers.set(header, applied.join("; "));
    // Preloads need the nonce under 'strict-dynamic', where a URL alone allows nothing.
    const link = nonce === undefined ? null : response.headers.get("link");
    if (link !== null) response.headers.set("link", link.replaceAll(PRELOAD, `$&; nonce="${nonce}"`));
    if (reportTo !== undefined) response.headers.set("reporting-endpoints", `csp-endpoint="${reportTo}"`);
    return response;
  };
}

function nameOf(directive: string): string {
  return directive.trim().split(/\s+/, 1)[0]?.toLowerCase() ?? "";
}

/** Directives in which `'unsafe-inline'` speaks of scripts and styles. */
const INLINE = /^(?:default-src|script-src(?:-elem)?|style-src(?:-elem|-attr)?)$/;

function withNonce(directive: string, nonce: string): string {
  return INLINE.test(nameOf(directive)) ? directive.replaceAll("'unsafe-inline'", `'nonce-${nonce}'`) : directive;
}
