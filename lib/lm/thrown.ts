/** What was thrown: by a developer's code it may be anything, and reading it may throw once more. */

const UNREADABLE = "something was thrown that cannot be read";

/** Its message, or it as a text. Never throws. */
export function thrownText(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return UNREADABLE;
  }
}

/** Where it was thrown, after its name and message, as far as it tells. Never throws. */
export function thrownStack(thrown: unknown): string {
  try {
    return thrown instanceof Error ? String(thrown.stack ?? `${thrown.name}: ${thrown.message}`) : String(thrown);
  } catch {
    return UNREADABLE;
  }
}

/** What it was thrown because of; undefined when it does not tell. Never throws. */
export function thrownCause(thrown: unknown): unknown {
  try {
    return thrown instanceof Error ? thrown.cause : undefined;
  } catch {
    return undefined;
  }
}
