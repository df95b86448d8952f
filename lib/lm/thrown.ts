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

/** Below its message in the stack: a function, or none, and a place in code. */
const FRAME = /^\s+at .*(?::\d+:\d+|<anonymous>|native|index \d+)\)?$/;

/** The places of its stack alone, a line each: without its message, also where that looks like a place. Never throws. */
export function thrownFrames(thrown: unknown): readonly string[] {
  const stack = thrownStack(thrown), message = thrownText(thrown);
  const start = stack.indexOf(message);
  const below = start < 0 ? stack : stack.slice(start + message.length);
  return below.split("\n").filter((line) => FRAME.test(line));
}

/** The kind of an error, such as "SyntaxError", or the type of what is none; no text that somebody wrote. Never throws. */
export function thrownName(thrown: unknown): string {
  try {
    if (!(thrown instanceof Error)) return typeof thrown;
    const name = String(thrown.name);
    return /^[\w$.]{1,64}$/.test(name) ? name : "Error";
  } catch {
    return "Error";
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
