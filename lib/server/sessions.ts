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
import { newProblemId, ProblemError } from "./problem.ts";
import type { Registry } from "./registry.ts";

const ID = /^[0-9a-f]{32}$/;

interface Held {
  readonly owner: string;
  readonly session: Session;
  readonly ending: AbortController;
  usedMs: number;
}

/** Which page a session is of. */
export interface SessionOwner {
  readonly module: Module;
  readonly component: ElementsComponent;
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
}

export class Sessions {
  /** Least recently used first. */
  readonly #held = new Map<string, Held>();
  readonly #opening = new Map<string, { readonly owner: string; readonly session: Promise<Session> }>();
  readonly #options: Required<SessionsOptions>;

  constructor(options: SessionsOptions) {
    const { sessions: maxSessions, sessionIdleMinutes, sessionBytes: maxBytes } = LIMITS;
    const idleMs = sessionIdleMinutes * 60_000;
    this.#options = { maxSessions, idleMs, maxBytes, now: () => performance.now(), ...options };
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
    const { module, component } = owner;
    const page = new Page(maxBytes);
    const ending = new AbortController();
    const what = `Cannot build page "${component.title}"`;
    try {
      const setup = component.setup({
        page,
        signal: ending.signal,
        generator: (name) => sessionGenerator(registry, module, name, id),
      });
      const { clock, deadlines } = registry.traffic;
      const elements = await inTime(clock, deadlines.totalMs, setup, `${what}: its function did not return`);
      if (!Array.isArray(elements)) throw new TypeError(`expected a list of elements, got ${typeof elements}`);
      for (const element of elements) page.add(element);
      page.snapshot();
    } catch (error) {
      ending.abort();
      if (error instanceof ProblemError) throw error;
      const reason = registry.reason(module.name, error);
      throw new ProblemError(500, "Module failed", `${what}: ${reason}`, { cause: error });
    }
    if (page.size.isOver) {
      const detail =
        `Cannot show page "${component.title}": it holds ${page.size.bytes} bytes, and may hold ${maxBytes}`;
      throw new ProblemError(413, "Page too large", detail);
    }
    const session = new Session(id, page, (error) => actionProblem(error, registry.reason(module.name, error), log));
    this.#touch(id, { owner: ownerName(owner), session, ending, usedMs: 0 });
    this.#giveUpOld();
    return session;
  }

  close(): void {
    for (const held of this.#held.values()) end(held);
    this.#held.clear();
  }

  #touch(id: string, held: Held): void {
    held.usedMs = this.#options.now();
    this.#held.delete(id);
    this.#held.set(id, held);
  }

  #giveUpOld(): void {
    const { maxSessions, idleMs, now } = this.#options;
    for (const [id, held] of this.#held) {
      if (this.#held.size <= maxSessions && now() - held.usedMs < idleMs) break;
      this.#held.delete(id);
      end(held);
    }
  }
}

/** The message of what a developer's action threw, with its place; its stack is for the log. */
function actionProblem(error: unknown, detail: string, log: Log): Problem {
  const id = newProblemId();
  if (error instanceof PageFullError) {
    return { type: "about:blank", title: "Page too large", status: 413, detail: error.message, id };
  }
  log.failure(id, error);
  return { type: "about:blank", title: "The action failed", status: 500, detail, id };
}

function end({ session, ending }: Held): void {
  session.close();
  ending.abort();
}

function ownerName({ module, component }: SessionOwner): string {
  return `${module.name}/${component.name}`;
}

/** Subtle: a session is a client of its own, as the page that it belongs to is known only when somebody clicks. */
function sessionGenerator(registry: Registry, module: Module, name: string, session: string): SessionGenerator {
  if (Object.hasOwn(module.generators, name)) {
    return new SessionGenerator(() => registry.generator(module.name, name, `session ${session}`));
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
