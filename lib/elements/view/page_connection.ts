/** Between a developer's page in the browser and its session on the server. */
import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { SessionEvent, SessionState } from "../../components/session_event.ts";
import type { Problem } from "../../lm/event.ts";
import { ApiError, call, streamEvents } from "../../ui/api_client.ts";
import { keepInTab, keptInTab } from "../../ui/kept_in_tab.ts";
import { STRINGS } from "../../ui/strings.ts";
import { PageStore } from "./page_store.ts";

const RETRY_MS = 1_000;

/** An input that a click was refused for. */
interface Refusal {
  readonly input: string;
  readonly reason: string;
}

export class PageConnection {
  readonly store: PageStore;
  readonly #api: string;
  readonly #closing = new AbortController();
  readonly #notice: Signal<string | undefined> = signal(undefined);
  readonly #refusal: Signal<Refusal | undefined> = signal(undefined);
  #session: string;
  #isReconnecting = false;
  /** The one stream whose events count: what two of them tell would be applied twice, and in the wrong order. */
  #heard: AsyncGenerator<SessionEvent> | undefined;
  /** Settles once what was asked so far is answered: one at a time is under way, so that the server knows who hears it. */
  #answered: Promise<unknown> = Promise.resolve();

  /** @param api path of the component's API */
  constructor(api: string, state: SessionState) {
    this.#api = api;
    this.#session = state.session;
    this.store = new PageStore(state);
  }

  /** What the person should know about the connection. */
  get notice(): ReadonlySignal<string | undefined> {
    return this.#notice;
  }

  get refusal(): ReadonlySignal<Refusal | undefined> {
    return this.#refusal;
  }

  /** Goes back to the session that this tab had here before, if the server still has it. */
  async open(): Promise<void> {
    const key = `session:${this.#api}`;
    const before = keptInTab(key);
    const isBack = before !== undefined && await claim(before) && await this.#watch(before);
    if (!isBack) void claim(this.#session);
    keepInTab(key, this.#session);
    const unsent: unknown = JSON.parse(keptInTab(`unsent:${this.#api}`) ?? "{}");
    for (const [name, value] of Object.entries(unsent ?? {})) {
      if (this.store.fits(name, value)) this.store.edit(name, value);
    }
  }

  close(): void {
    keepInTab(`unsent:${this.#api}`, JSON.stringify(this.store.unsent()));
    this.#closing.abort();
  }

  edit(input: string, value: unknown): void {
    this.store.edit(input, value);
    if (this.#refusal.peek()?.input === input) this.#refusal.value = undefined;
  }

  /** Clicks an element; never sent twice, so that an action runs once at most. */
  async act(element: string): Promise<void> {
    if (this.store.actions.peek()[element]?.status === "running") return;
    const inputs = this.store.values();
    const markSent = this.store.sending(element);
    this.store.act(element, { status: "running", elapsedMs: 0 });
    const before = this.#answered;
    let answered = () => {};
    this.#answered = new Promise<void>((resolve) => answered = resolve);
    const onTaken = () => {
      markSent();
      answered();
    };
    try {
      await before;
      const body = { session: this.#session, inputs, is_heard: this.#heard !== undefined };
      await this.#follow(`elements/${element}`, onTaken, body);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { problem } = error;
      if (problem.status === 0) return await this.#reconnect();
      if (problem.field === "session") {
        await this.#reconnect(problem.detail);
        return void (this.#notice.value = problem.detail);
      }
      const input = problem.field?.match(/^inputs\.(.*)$/)?.[1];
      if (input === undefined) return this.store.act(element, { status: "failed", elapsedMs: 0, problem });
      this.store.act(element);
      this.#refusal.value = { input, reason: problem.detail };
    } finally {
      answered();
    }
  }

  async cancel(element: string): Promise<void> {
    try {
      await call(`${this.#api}/elements/${element}?session=${this.#session}`, "DELETE");
    } catch (error) {
      // The stream that is heard tells what became of it.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** Reads a stream until the server says that it is done. One that ends before was cut off. @throws {ApiError} */
  async #follow(path: string, onAnswer: () => void, body?: unknown): Promise<void> {
    const request = { method: body === undefined ? "GET" : "POST", body, signal: this.#closing.signal } as const;
    const events = streamEvents(`${this.#api}/${path}`, request, (data) => JSON.parse(data) as SessionEvent);
    this.#heard ??= events;
    try {
      for await (const event of events) {
        onAnswer();
        if (event.type === "done") return;
        if (event.type === "error") break;
        // Whoever is sent the whole page hears all that comes after it.
        if (event.type === "state") this.#heard = events;
        if (this.#heard === events) batch(() => this.#apply(event));
      }
    } finally {
      if (this.#heard === events) this.#heard = undefined;
    }
    if (!this.#closing.signal.aborted) await this.#reconnect();
  }

  #apply(event: SessionEvent): void {
    if (event.type === "patch") this.store.apply(event.patches);
    else if (event.type === "action") this.store.act(event.element, event.action);
    else if (event.type === "state") this.#replace(event.state);
  }

  #replace(state: SessionState): void {
    this.#session = state.session;
    this.store.replace(state);
    if (state.restored) this.#notice.value = STRINGS.restored;
  }

  /** True when the server has the session; then its actions are followed to their end. */
  #watch(session: string): Promise<boolean> {
    // Subtle: what a click tells must not come before the page as it was before the click.
    return this.#answered = new Promise<boolean>((resolve, reject) => {
      const isThere = () => resolve(true);
      this.#follow(`events?session=${session}`, isThere).then(isThere, (error) => {
        if (!(error instanceof ApiError)) reject(error);
        else if (error.problem.status === 0) void this.#reconnect().then(isThere);
        else resolve(false);
      });
    });
  }

  /**
   * Asks until the server answers. A session that it has lost is made again, with what stands in the inputs; an answer that
   * would be the same again ends the asking.
   */
  async #reconnect(notice: string = STRINGS.connectionLost): Promise<void> {
    if (this.#isReconnecting) return;
    this.#isReconnecting = true;
    this.#notice.value = notice;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        return await this.#resume();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (!isPassing(error.problem)) return this.#giveUp(error.problem);
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  #giveUp(problem: Problem): void {
    this.#isReconnecting = false;
    this.#notice.value = problem.detail;
    for (const [element, action] of Object.entries(this.store.actions.peek())) {
      if (action?.status === "running") this.store.act(element, { status: "failed", elapsedMs: 0, problem });
    }
  }

  /** Goes on where the page was. @throws {ApiError} */
  async #resume(): Promise<void> {
    const api = `${this.#api}/elements`;
    let text: string;
    try {
      text = await call(`${api}?session=${this.#session}`, "GET");
    } catch (error) {
      if (!(error instanceof ApiError) || error.problem.status !== 404) throw error;
      return this.#begin(await call(api, "GET"));
    }
    this.#isReconnecting = false;
    this.#notice.value = undefined;
    batch(() => this.#replace(JSON.parse(text) as SessionState));
    void this.#watch(this.#session);
  }

  /** A new session in the place of one that the server has lost. */
  #begin(text: string): void {
    const values = this.store.values();
    const wasRunning = Object.values(this.store.actions.peek()).some((action) => action?.status === "running");
    this.#isReconnecting = false;
    batch(() => {
      for (const [name, value] of Object.entries(values)) this.store.edit(name, value);
      this.#replace(JSON.parse(text) as SessionState);
      this.#notice.value = wasRunning ? STRINGS.interrupted : STRINGS.restored;
    });
    keepInTab(`session:${this.#api}`, this.#session);
    void claim(this.#session);
  }
}

/** Whether the answer may soon be another: there was none, the server has too much to do, or it only starts. */
function isPassing({ status }: Problem): boolean {
  return status === 0 || status === 429 || status > 501;
}

/**
 * Takes a session for this tab until it closes; false when another tab has it, as a duplicated tab copies its storage.
 * Without locks (a page that is not served securely) every claim holds.
 */
function claim(session: string): Promise<boolean> {
  if (navigator.locks === undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    void navigator.locks.request(`session:${session}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise(() => {}); // Held until the tab closes.
    });
  });
}
