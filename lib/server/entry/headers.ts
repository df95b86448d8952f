/** The headers of every response: pages, API, streams, files and errors alike. */

const ALWAYS: Readonly<Record<string, string>> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
};

/** For what is no page: it loads nothing and stands in no frame. */
const STRICT_POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";
const HSTS = "max-age=31536000";

/** The policy of a page whose scripts and styles carry `nonce`. */
function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
}

/**
 * Whether the client came over https, by the app's own word or that of a proxy in front.
 * Subtle: anybody can write that header, so it may decide only what its sender alone is told.
 */
export function isSecure({ headers }: Request, { protocol }: URL): boolean {
  return protocol === "https:" || headers.get("x-forwarded-proto")?.split(",")[0]?.trim() === "https";
}

/**
 * Sets the headers on a response.
 *
 * Subtle: Fresh tells the nonce of a page only in the policy that its `csp({ useNonce: true })` writes. It is taken from
 * there, and the policy (whose defaults upgrade plain http and allow inline code elsewhere) is replaced.
 */
export function setHeaders(headers: Headers, isSecure: boolean): void {
  const nonce = /'nonce-([^']+)'/.exec(headers.get("content-security-policy") ?? "")?.[1];
  headers.set("content-security-policy", nonce === undefined ? STRICT_POLICY : pagePolicy(nonce));
  for (const [name, value] of Object.entries(ALWAYS)) headers.set(name, value);
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  if (isSecure) headers.set("strict-transport-security", HSTS);
  const link = headers.get("link");
  if (nonce !== undefined && link !== null) headers.set("link", withNonce(link, nonce));
}

/** Preloads named in a header need the nonce as scripts do, or the policy blocks them. */
function withNonce(link: string, nonce: string): string {
  return link.split(/,\s*(?=<)/).map((each) => each.includes("nonce=") ? each : `${each}; nonce="${nonce}"`).join(", ");
}
