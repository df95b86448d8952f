/** Errors of a module's code where nobody waits for it: a promise without `await`, a timer. */
import type { Log } from "../telemetry/log.ts";
import { newProblemId } from "../problem.ts";

/** Logs them instead of letting them end the app, in which others work. @returns what stops that */
export function logStrayErrors(log: Log): () => void {
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    log.failure(newProblemId(), event.reason);
  };
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    log.failure(newProblemId(), event.error);
  };
  addEventListener("unhandledrejection", onRejection);
  addEventListener("error", onError);
  return () => {
    removeEventListener("unhandledrejection", onRejection);
    removeEventListener("error", onError);
  };
}
