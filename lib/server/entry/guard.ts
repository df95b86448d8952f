/** Who may call the app: the one check that stands before every route. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Config } from "../config.ts";
import type { ProxyConfig } from "../setting_values.ts";
import { Attempts } from "./attempts.ts";
import { isSecure } from "./headers.ts";
import { checkContentType } from "./limits.ts";
import { digest, LoginCookies } from "./login_cookies.ts";
import { ProblemError } from "../problem.ts";
import { isSameAddress } from "./same_address.ts";

/** The one route that anyone may call, under any name: it reveals nothing. */
const OPEN_PATH = "/api/health";
/** Most characters of a host name that an answer repeats. */
const NAME_LENGTH = 100;
const SAFE_METHODS: readonly string[] = ["GET", "HEAD"];

type AccessConfig = Pick<Config, "allowedHosts" | "host" | "port" | "proxy" | "token">;

/** The names under which the app answers, and what a client must show. */
export class Access {
  /** Set once the app listens, when the system chose the port; 0 where nobody tells which it chose (`dev.ts`). */
  port: number;
  readonly #names: readonly string[];
  readonly #givenNames: readonly string[];
  readonly #token: Buffer | undefined;
  /** What browsers keep once they have shown the token; absent without one. */
  readonly cookies: LoginCookies | undefined;
  readonly #proxy: ProxyConfig | undefined;
  readonly attempts = new Attempts();
  /** Digest of a code that may be used once in a URL, in place of the token. */
  #code: Buffer | undefined;

  constructor({ allowedHosts, host, port, proxy, token }: AccessConfig) {
    this.port = port;
    this.#proxy = proxy;
    const own = host.includes(":") ? `[${host}]` : host;
    this.#names = [...new Set(["localhost", "127.0.0.1", "[::1]", own, ...allowedHosts])];
    this.#givenNames = allowedHosts;
    this.#token = token === undefined ? undefined : digest(token);
    this.cookies = token === undefined ? undefined : new LoginCookies(token);
  }

  get needsToken(): boolean {
    return this.#token !== undefined;
  }

  /**
   * Who calls, for whatever is counted by client: the person whom the proxy names, else the address of the other end.
   * No other header is heard, as anybody can write one.
   * @param peer address from which the request came
   * @throws {ProblemError} 401 when a proxy is set and this does not come from it, or names nobody
   */
  clientOf(request: Request, peer: string): string {
    if (this.#proxy === undefined) return peer;
    const { address, header } = this.#proxy;
    const person = isSameAddress(peer, address) ? request.headers.get(header)?.trim() ?? "" : "";
    if (person !== "") return `user ${person}`;
    throw new ProblemError(401, "Not signed in", "Cannot answer: the proxy in front of the app must name who calls");
  }

  /** A new code (192 bits) that logs one browser in; the last one is void. */
  newCode(): string {
    const code = randomBytes(24).toString("base64url");
    this.#code = digest(code);
    return code;
  }

  /** Whether a `Host` value, or the host of a URL, is one of the app's names. Exact: browsers send lower case. */
  allowsHost(host: string): boolean {
    return this.#isAmong(this.#names, host);
  }

  /**
   * Whether the host of a URL was said by the client, although there is no `Host` header.
   * Subtle: HTTP/2 has none, and its name is in the URL; for HTTP/1 without one the runtime puts its own address there.
   */
  allowsUnsaid(host: string): boolean {
    return this.#isAmong(this.#givenNames, host);
  }

  allowsToken(given: string): boolean {
    return this.#token !== undefined && timingSafeEqual(digest(given), this.#token);
  }

  /** Whether this is the code; it is void from then on. */
  takesCode(given: string): boolean {
    const isCode = this.#code !== undefined && timingSafeEqual(digest(given), this.#code);
    if (isCode) this.#code = undefined;
    return isCode;
  }

  #isAmong(names: readonly string[], host: string): boolean {
    const own = this.port === 0 ? host.replace(/:\d{1,5}$/, "") : host;
    return names.some((name) => own === name || own === `${name}:${this.port}`);
  }
}

/**
 * Lets a request pass, or says what it gets instead.
 * @param client who calls, by `Access.clientOf`
 * @returns a redirect when the URL's `?token=` became a cookie; undefined to go on
 * @throws {ProblemError} 421 unknown host, 403 from another site, 405 OPTIONS, 415 not JSON, 401 without the token,
 * 429 after ten wrong ones in a minute
 */
export function guard(request: Request, url: URL, access: Access, client: string): Response | undefined {
  if (isOpen(request, url)) return undefined;
  checkHost(request, access);
  const isForeign = comesFromElsewhere(request), isRead = SAFE_METHODS.includes(request.method);
  if (!isRead) checkMethod(request, url);
  if (isForeign && !(isRead && isLink(request, url))) {
    throw new ProblemError(403, "Refused", "Cannot take this request, as it comes from another site");
  }
  const type = isRead ? null : request.headers.get("content-type");
  if (type !== null) checkContentType(type);
  // Subtle: what links of other sites show is counted for itself, so that a page with many of them locks nobody out.
  return checkToken(request, url, access, isForeign ? `${client}, by links` : client);
}

/** Whether anyone may make this request, under any name. */
export function isOpen({ method }: Request, { pathname }: URL): boolean {
  return pathname === OPEN_PATH && SAFE_METHODS.includes(method);
}

/** Subtle: `Host` and the URL can differ (an absolute-form target), and a rebound name shows in both. */
function checkHost(request: Request, access: Access): void {
  const header = request.headers.get("host");
  const { host, username, password } = new URL(request.url);
  const isPlain = username === "" && password === "";
  const isNamed = header === null ? access.allowsUnsaid(host) : access.allowsHost(header) && access.allowsHost(host);
  if (isPlain && isNamed) return;
  const name = JSON.stringify((header ?? host).slice(0, NAME_LENGTH));
  throw new ProblemError(
    421,
    "Unknown host",
    `Cannot answer under the host name ${name}; VISUALLM_ALLOWED_HOSTS can add it`,
  );
}

/** Pages and files are read only; and a browser that asks for leave (OPTIONS) comes from another site. */
function checkMethod({ method }: Request, url: URL): void {
  if (isApi(url) && method !== "OPTIONS") return;
  const headers = { allow: isApi(url) ? "GET, HEAD, POST, DELETE" : "GET, HEAD" };
  throw new ProblemError(405, "Method not allowed", `Cannot answer ${method} here`, { headers });
}

function comesFromElsewhere(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  const host = request.headers.get("host") ?? new URL(request.url).host;
  const fromHere = origin === null || origin === `http://${host}` || origin === `https://${host}`;
  const sameSite = site === null || site === "same-origin" || site === "none";
  return !fromHere || !sameSite;
}

/**
 * Whether a browser shows the answer as a page of its own, as for a link in a chat.
 * Subtle: reading does things too. A page asks its model and opens a session, so that an image or a frame of another site
 * that names one would spend what the model costs, without anybody seeing it.
 */
function isLink({ headers }: Request, url: URL): boolean {
  const isShown = headers.get("sec-fetch-mode") === "navigate" && headers.get("sec-fetch-dest") === "document";
  // Subtle: a page that is fetched before anybody follows the link says all else as if it were shown.
  const isAhead = headers.get("sec-purpose")?.includes("prefetch") === true;
  return isShown && !isAhead && !isApi(url);
}

function isApi({ pathname }: URL): boolean {
  return pathname.startsWith("/api/") || pathname.startsWith("/v1/");
}

/**
 * Subtle: once ten wrong ones came from a client, nothing it shows is compared with the token any more, or a right guess
 * would still show among many. A cookie that was good before passes: it is found among those seen, so that no guess of the
 * token is judged by it, and nobody can lock out who is logged in.
 */
function checkToken(request: Request, url: URL, access: Access, client: string): Response | undefined {
  const { attempts, cookies } = access;
  if (cookies === undefined) return undefined;
  const given = request.method === "GET" ? url.searchParams.get("token") : null;
  // Subtle: the code that the app prints is too long to be guessed, so it helps its reader in even when others guess.
  if (given !== null && access.takesCode(given)) return loggedIn(request, url, cookies);
  const bearer = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  const cookie = readCookie(request.headers.get("cookie") ?? "", cookies.name);
  const isShown = bearer !== undefined || cookie !== undefined || given !== null;
  const isKnown = cookie !== undefined && cookies.hasSeen(cookie);
  if (isShown && !isKnown) attempts.check(client);
  if (given !== null && access.allowsToken(given)) return loggedIn(request, url, cookies);
  if (bearer !== undefined && access.allowsToken(bearer)) return undefined;
  if (cookie !== undefined && cookies.allows(cookie)) return undefined;
  if (isShown) attempts.wrong(client);
  throw new ProblemError(
    401,
    "Token needed",
    "Cannot answer without the token: open the address with ?token=…, or send it as a Bearer token",
    { headers: { "www-authenticate": 'Bearer realm="visuallm"' } },
  );
}

function loggedIn(request: Request, url: URL, cookies: LoginCookies): Response {
  const clean = new URL(url);
  clean.searchParams.delete("token");
  const secure = isSecure(request, url) ? "; Secure" : "";
  return new Response(null, {
    status: 303,
    headers: {
      // Subtle: Fresh has collapsed leading slashes of the path, so this stays on our own host.
      location: clean.pathname + clean.search,
      "set-cookie": `${cookies.name}=${cookies.create()}; Path=/; HttpOnly; SameSite=Strict${secure}`,
    },
  });
}

function readCookie(header: string, name: string): string | undefined {
  const pair = header.split(";").map((part) => part.trim()).find((part) => part.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}
