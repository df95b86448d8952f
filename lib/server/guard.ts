/** Who may call the app: the one check that stands before every route. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Config } from "./config.ts";
import { checkContentType } from "./read_json.ts";
import { ProblemError } from "./problem.ts";

/** The one route that anyone may call, under any name: it reveals nothing. */
const OPEN_PATH = "/api/health";
const COOKIE = "visuallm";
const SAFE_METHODS: readonly string[] = ["GET", "HEAD"];

type AccessConfig = Pick<Config, "allowedHosts" | "host" | "port" | "token">;

/** The names under which the app answers, and what a client must show. */
export class Access {
  /** Set once the app listens, when the system chose the port. */
  port: number;
  readonly #names: readonly string[];
  readonly #token: Buffer | undefined;
  readonly #cookie: string | undefined;
  /** Digest of a code that may be used once in a URL, in place of the token. */
  #code: Buffer | undefined;

  constructor({ allowedHosts, host, port, token }: AccessConfig) {
    this.port = port;
    const own = host.includes(":") ? `[${host}]` : host;
    this.#names = [...new Set(["localhost", "127.0.0.1", "[::1]", own, ...allowedHosts])];
    this.#token = token === undefined ? undefined : digest(token);
    // Subtle: the cookie is made from the token, so that it holds in every instance, and does not tell the token.
    this.#cookie = token === undefined ? undefined : digest(`cookie of ${token}`).toString("base64url");
  }

  get needsToken(): boolean {
    return this.#token !== undefined;
  }

  /** A new code (192 bits) that logs one browser in; the last one is void. */
  newCode(): string {
    const code = randomBytes(24).toString("base64url");
    this.#code = digest(code);
    return code;
  }

  /** Whether a `Host` value, or the host of a URL, is one of the app's names. Exact: browsers send lower case. */
  allowsHost(host: string): boolean {
    return this.#names.some((name) => host === name || host === `${name}:${this.port}`);
  }

  allowsToken(given: string): boolean {
    return this.#token !== undefined && timingSafeEqual(digest(given), this.#token);
  }

  allowsCookie(given: string): boolean {
    return this.#cookie !== undefined && timingSafeEqual(digest(given), digest(this.#cookie));
  }

  /** A cookie for who shows the token, or the code that works once; undefined for anything else. */
  login(given: string): string | undefined {
    const byCode = this.#code !== undefined && timingSafeEqual(digest(given), this.#code);
    if (byCode) this.#code = undefined;
    return byCode || this.allowsToken(given) ? this.#cookie : undefined;
  }
}

/**
 * Lets a request pass, or says what it gets instead.
 * @returns a redirect when the URL's `?token=` became a cookie; undefined to go on
 * @throws {ProblemError} 421 unknown host, 403 from another site, 405 OPTIONS, 415 not JSON, 401 without the token
 */
export function guard(request: Request, url: URL, access: Access): Response | undefined {
  if (url.pathname === OPEN_PATH && SAFE_METHODS.includes(request.method)) return undefined;
  checkHost(request, access);
  if (!SAFE_METHODS.includes(request.method)) {
    checkMethod(request, url);
    checkOrigin(request);
  }
  return access.needsToken ? checkToken(request, url, access) : undefined;
}

/** Subtle: `Host` and the URL can differ (an absolute-form target), and a rebound name shows in both. */
function checkHost(request: Request, access: Access): void {
  const header = request.headers.get("host");
  const { host, username, password } = new URL(request.url);
  const names = header === null ? [host] : [header, host];
  const isPlain = username === "" && password === "";
  if (isPlain && names.every((name) => name !== "" && access.allowsHost(name))) return;
  throw new ProblemError(421, "Unknown host", "Cannot answer under this host name; VISUALLM_ALLOWED_HOSTS can add it");
}

/** Pages and files are read only; and a browser that asks for leave (OPTIONS) comes from another site. */
function checkMethod({ method }: Request, { pathname }: URL): void {
  const isApi = pathname.startsWith("/api/") || pathname.startsWith("/v1/");
  if (isApi && method !== "OPTIONS") return;
  const headers = { allow: isApi ? "GET, HEAD, POST" : "GET, HEAD" };
  throw new ProblemError(405, "Method not allowed", `Cannot answer ${method} here`, { headers });
}

function checkOrigin(request: Request): void {
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  const host = request.headers.get("host") ?? new URL(request.url).host;
  const fromHere = origin === null || origin === `http://${host}` || origin === `https://${host}`;
  const sameSite = site === null || site === "same-origin" || site === "none";
  if (!fromHere || !sameSite) {
    throw new ProblemError(403, "Refused", "Cannot take this request, as it comes from another site");
  }
  const type = request.headers.get("content-type");
  if (type !== null) checkContentType(type);
}

function checkToken(request: Request, url: URL, access: Access): Response | undefined {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (bearer !== undefined && access.allowsToken(bearer)) return undefined;
  const given = url.searchParams.get("token");
  if (given !== null && request.method === "GET") {
    const cookie = access.login(given);
    if (cookie !== undefined) return loggedIn(url, cookie);
  }
  const cookie = readCookie(request.headers.get("cookie") ?? "");
  if (cookie !== undefined && access.allowsCookie(cookie)) return undefined;
  throw new ProblemError(
    401,
    "Token needed",
    "Cannot answer without the token: open the address with ?token=…, or send it as a Bearer token",
    { headers: { "www-authenticate": 'Bearer realm="visuallm"' } },
  );
}

function loggedIn(url: URL, cookie: string): Response {
  const clean = new URL(url);
  clean.searchParams.delete("token");
  const secure = url.protocol === "https:" ? "; Secure" : "";
  return new Response(null, {
    status: 303,
    headers: {
      // Subtle: Fresh has collapsed leading slashes of the path, so this stays on our own host.
      location: clean.pathname + clean.search,
      "set-cookie": `${COOKIE}=${cookie}; Path=/; HttpOnly; SameSite=Strict${secure}`,
    },
  });
}

function readCookie(header: string): string | undefined {
  const pair = header.split(";").map((part) => part.trim()).find((part) => part.startsWith(`${COOKIE}=`));
  return pair?.slice(COOKIE.length + 1);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
