/** Errors of a module's code where nobody waits for it: a promise without `await`, a timer. */
import type { Log } from "../telemetry/log.ts";
import { newProblemId } from "../problem.ts";

/** From now on logs them instead of letting them end the app, in which others work. */
export function logStrayErrors(log: Log): void {
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log.failure(newProblemId(), event.reason);
  });
  addEventListener("error", (event) => {
    event.preventDefault();
    log.failure(newProblemId(), event.error);
  });
}
