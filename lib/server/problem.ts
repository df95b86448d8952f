/** The one shape of every error that the API answers with (RFC 9457). */
import type { Problem } from "../lm/event.ts";

interface ProblemOptions extends ErrorOptions {
  /** The field of the request at fault, such as `params.top_p`. */
  readonly field?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** True for what the module's own code or data did: its cause is for the log, whatever the status. */
  readonly isOfModule?: boolean;
}

/** An error that the client is told about in full. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly field?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly isOfModule: boolean;

  constructor(readonly status: number, readonly title: string, readonly detail: string, options: ProblemOptions = {}) {
    // Subtle: a module's code may throw `undefined`, which is a cause all the same.
    super(detail, "cause" in options ? { cause: options.cause } : {});
    if (options.field !== undefined) this.field = options.field;
    this.headers = options.headers ?? {};
    this.isOfModule = options.isOfModule ?? false;
  }
}

/** What a module's own code threw, or gave in place of what it should: of the model, and of other rows, it says nothing. */
export class ModuleFailedError extends ProblemError {
  constructor(detail: string, cause: unknown) {
    super(500, "Module failed", detail, { cause, isOfModule: true });
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Token needed",
  403: "Refused",
  404: "Not found",
  405: "Method not allowed",
  409: "Refused",
  413: "Request too large",
  415: "Not JSON",
  421: "Unknown host",
  422: "Invalid request",
  500: "Internal error",
  503: "Not available",
};

export function newProblemId(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, 12);
}

/** The problem to show for an error. What is not meant for the client is told by its id alone. */
export function problemOf(error: unknown, id: string): Problem {
  if (error instanceof ProblemError) {
    const { status, title, detail, field } = error;
    return { type: "about:blank", title, status, detail, id, ...(field === undefined ? {} : { field }) };
  }
  const status = httpStatus(error);
  const title = TITLES[status] ?? "Error";
  if (status < 500 && error instanceof Error) {
    return { type: "about:blank", title, status, detail: error.message || title, id };
  }
  return { type: "about:blank", title, status, detail: `Something failed in the app; its log has it under ${id}.`, id };
}

export function problemResponse(error: unknown, id: string): Response {
  const problem = problemOf(error, id);
  const headers = error instanceof ProblemError ? error.headers : {};
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers },
  });
}

/** Whether the log should have the stack: an error that nobody threw on purpose, or what is behind a problem of our side. */
export function isUnexpected(error: unknown): boolean {
  if (error instanceof ProblemError) return (error.status >= 500 || error.isOfModule) && Object.hasOwn(error, "cause");
  return httpStatus(error) >= 500;
}

/** Subtle: Fresh's HttpError is known by name and shape, since a mapped import may give it another identity. */
function httpStatus(error: unknown): number {
  if (!(error instanceof Error) || !("status" in error)) return 500;
  const status = error.status;
  const known = error.name === "HttpError" && typeof status === "number" && Number.isInteger(status);
  return known && status >= 400 && status <= 599 ? status : 500;
}
