/**
 * A session of an optimized copy that can be used almost at once.
 *
 * Nearly all of the time that it takes to open is spent on laying out the weights as the kernels want them. So the model
 * begins with its weights as they lie in the file, where a pass takes up to half as long again, and goes on with the others
 * as soon as they are there.
 */
import type { OrtLibrary } from "./library.ts";
import { NativeSession, type SessionOptions } from "./session.ts";

export interface QuickSession {
  readonly session: NativeSession;
  /** Opens what the session goes on as, in a thread beside this one; called once everything else is done that opening takes. */
  readonly follow: () => void;
  /** Gives up what is still being opened; to be awaited before the session is closed. */
  readonly letGo: () => Promise<void>;
}

/** @throws {Error} with the runtime's message, or the signal's reason */
export async function openQuickly(
  library: OrtLibrary,
  path: string,
  options: SessionOptions,
  signal: AbortSignal,
): Promise<QuickSession> {
  const session = await NativeSession.open(library, path, { ...options, isPacked: false }, signal);
  const stopping = new AbortController();
  let following = Promise.resolve();
  return {
    session,
    follow() {
      following = NativeSession.open(library, path, options, stopping.signal).then(
        (packed) => session.become(packed),
        // The first one goes on; only its passes take longer.
        () => {},
      );
    },
    letGo() {
      stopping.abort();
      return following;
    },
  };
}
