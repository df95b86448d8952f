/** The sessions of developers' components: one a tab, bounded in number, given up when nobody has used them for long. */
import type { ElementsComponent } from "../components/component.ts";
import { SessionGenerator } from "../components/session_generator.ts";
import { Session } from "../components/session.ts";
import { Page } from "../elements/page.ts";
import { PageFullError } from "../elements/page_size.ts";
import type { Problem } from "../lm/event.ts";
import type { Module } from "../module.ts";
import { inTime } from "./admission/in_time.ts";
import { LIMITS } from "./entry/limits.ts";
import type { Log } from "./telemetry/log.ts";
import { isUnexpected, ModuleFailedError, newProblemId, ProblemError, problemOf } from "./problem.ts";
import type { Registry } from "./registry.ts";

const ID = /^[0-9a-f]{32}$/;
/** Between two looks for pages that nobody has used for long. */
const LOOK_MS = 60_000;

/** Who used a page last: what it asks of a model from then on is theirs. */
interface User {
  client: string;
}

interface Held {
  readonly owner: string;
  readonly user: User;
  readonly session: Session;
  readonly ending: AbortController;
  usedMs: number;
}

/** Which page a session is of, and who uses it now. */
export interface SessionOwner {
  readonly module: Module;
  readonly component: ElementsComponent;
  /** Whose turns it takes at a model, and whose spending it is. */
  readonly client: string;
}

export interface SessionsOptions {
  readonly registry: Registry;
  /** Where the errors of actions go with their stacks. */
  readonly log: Log;
  readonly maxSessions?: number;
  readonly idleMs?: number;
  /** Most that one page may hold. */
  readonly maxBytes?: number;
  readonly now?: () => number;
  /** Looks again and again after a time, until what it returns is called. */
  readonly every?: (ms: number, look: () => void) => () => void;
}

export class Sessions {
  /** Least recently used first. */
  readonly #held = new Map<string, Held>();
  readonly #opening = new Map<string, { readonly owner: string; readonly session: Promise<Session> }>();
  readonly #options: Required<SessionsOptions>;
  /** Ends the looks; present while there is a session. */
  #stopLooking: (() => void) | undefined;

  constructor(options: SessionsOptions) {
    const { sessions: maxSessions, sessionIdleMinutes, sessionBytes: maxBytes } = LIMITS;
    const idleMs = sessionIdleMinutes * 60_000;
    this.#options = { maxSessions, idleMs, maxBytes, now: () => performance.now(), every, ...options };
  }

  get size(): number {
    return this.#held.size;
  }

  /**
   * A session by its id; undefined when the server does not have it (any more).
   * @throws {ProblemError} 422 for what is no id, 403 for the id of another page's session
   */
  find(owner: SessionOwner, id: string): Session | undefined {
    if (!ID.test(id)) throw invalid("it must be the id that the page was given, 32 lower-case hexadecimal digits");
    const held = this.#held.get(id);
    if (held === undefined) return undefined;
    if (held.owner !== ownerName(owner)) throw foreign();
    held.user.client = owner.client;
    this.#touch(id, held);
    return held.session;
  }

  /**
   * Runs the component's function for a new session.
   * @param id of a session that was lost; default: a new one
   * @throws {ProblemError} 500 with the message of what the function threw, 504 when it takes longer than a run may, 413
   * when the page holds too much
   */
  async open(owner: SessionOwner, id: string = crypto.randomUUID().replaceAll("-", "")): Promise<Session> {
    // Subtle: several clicks can find the same session lost, and must all reach the one that is made in its place.
    const opening = this.#opening.get(id) ?? { owner: ownerName(owner), session: this.#open(owner, id) };
    if (opening.owner !== ownerName(owner)) throw foreign();
    this.#opening.set(id, opening);
    try {
      return await opening.session;
    } finally {
      this.#opening.delete(id);
    }
  }

  async #open(owner: SessionOwner, id: string): Promise<Session> {
    const { registry, log, maxBytes } = this.#options;
    const { module, component, client } = owner;
    const user: User = { client };
    const page = new Page(maxBytes);
    const ending = new AbortController();
    const what = `Cannot build page "${component.title}"`;
    try {
      const setup = component.setup({
        page,
        signal: ending.signal,
        generator: (name) => sessionGenerator(registry, module, name, user),
      });
      const { clock, deadlines } = registry.traffic;
      const elements = await inTime(clock, deadlines.totalMs, setup, `${what}: its function did not return`);
      if (!Array.isArray(elements)) throw new TypeError(`expected a list of elements, got ${typeof elements}`);
      for (const element of elements) page.add(element);
      page.snapshot();
    } catch (error) {
      ending.abort();
      if (error instanceof ProblemError) throw error;
      if (error instanceof PageFullError) throw tooLarge(error, component);
      const reason = registry.reason(module.name, error);
      throw new ModuleFailedError(`${what}: ${reason}`, error);
    }
    const session: Session = new Session(id, page, {
      clock: registry.traffic.clock,
      report: (error) => actionProblem(error, registry.reason(module.name, error), log),
      onIdle: () => {
        // Subtle: an action may end long after its page was given up.
        if (this.#held.get(id) === held) this.#touch(id, held);
      },
    });
    const held: Held = { owner: ownerName(owner), user, session, ending, usedMs: 0 };
    this.#touchRunning();
    this.#touch(id, held);
    this.#giveUpOld();
    this.#stopLooking ??= this.#options.every(LOOK_MS, () => {
      this.#touchRunning();
      this.#giveUpOld();
    });
    return session;
  }

  close(): void {
    for (const held of this.#held.values()) end(held);
    this.#held.clear();
    this.#endLooks();
  }

  #touch(id: string, held: Held): void {
    held.usedMs = this.#options.now();
    this.#held.delete(id);
    this.#held.set(id, held);
  }

  /** What runs is in use, whether or not anybody clicks. */
  #touchRunning(): void {
    for (const [id, held] of [...this.#held]) if (held.session.isRunning) this.#touch(id, held);
  }

  #giveUpOld(): void {
    const { maxSessions, idleMs, now } = this.#options;
    for (const [id, held] of this.#held) {
      if (this.#held.size <= maxSessions && now() - held.usedMs < idleMs) break;
      this.#held.delete(id);
      end(held);
    }
    if (this.#held.size === 0) this.#endLooks();
  }

  #endLooks(): void {
    this.#stopLooking?.();
    this.#stopLooking = undefined;
  }
}

/** By a timer that lets the process end. */
function every(ms: number, look: () => void): () => void {
  const timer = setInterval(look, ms);
  Deno.unrefTimer(timer);
  return () => clearInterval(timer);
}

/** The message of what a developer's action threw, with its place; its stack is for the log. */
function actionProblem(error: unknown, detail: string, log: Log): Problem {
  const id = newProblemId();
  if (error instanceof PageFullError) {
    return { type: "about:blank", title: "Page too large", status: 413, detail: error.message, id };
  }
  // What the app refuses, a turn or more tokens, is no failure of the action's.
  if (error instanceof ProblemError && !isUnexpected(error)) return { ...problemOf(error, id), detail };
  log.failure(id, error);
  return { type: "about:blank", title: "The action failed", status: 500, detail, id };
}

function tooLarge({ bytes, maxBytes }: PageFullError, { title }: ElementsComponent): ProblemError {
  const detail = `Cannot show page "${title}": it would hold ${bytes} bytes, and may hold ${maxBytes}`;
  return new ProblemError(413, "Page too large", detail);
}

function end({ session, ending }: Held): void {
  session.close();
  ending.abort();
}

function ownerName({ module, component }: SessionOwner): string {
  return `${module.name}/${component.name}`;
}

/** Subtle: whose turn it is is asked at each use, as a page may change hands. */
function sessionGenerator(registry: Registry, module: Module, name: string, user: User): SessionGenerator {
  if (Object.hasOwn(module.generators, name)) {
    return new SessionGenerator(() => registry.generator(module.name, name, user.client));
  }
  const known = Object.keys(module.generators).map((each) => `"${each}"`).join(", ");
  throw new RangeError(`Cannot use generator "${name}": module "${module.name}" has only ${known}`);
}

function foreign(): ProblemError {
  return new ProblemError(403, "Refused", "Cannot use session: it belongs to another page", { field: "session" });
}

function invalid(why: string): ProblemError {
  return new ProblemError(422, "Invalid request", `Cannot use session: ${why}`, { field: "session" });
}
