/** An error that knows which HTTP status the response should carry. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  /** The HTTP status of the response. */
  readonly status: number;

  /**
   * @example throw new HttpError(404, "No such dataset");
   */
  constructor(status: number, message = "", options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** The status that a caught value stands for: its own for an `HttpError`, else 500. */
export function statusOf(error: unknown): number {
  return error instanceof HttpError ? error.status : 500;
}
