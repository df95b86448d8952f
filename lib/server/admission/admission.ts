/**
 * Who may use a model now, who waits and behind whom, and who is turned away: a number of slots, a bounded queue, and
 * fairness between clients.
 *
 * Fairness is start-time fair queueing with equal shares: a ticket's turn is one after its client's last, and never
 * before the turn that was served last. So a client that sends many takes its turns among the others', and one that
 * comes back gets no turn for the time that it was away.
 *   Goyal, Vin, Cheng: Start-time Fair Queueing (1996)
 */
import { type Clock, MONOTONIC } from "../../generators/clock.ts";
import { ProblemError } from "../problem.ts";

export interface AdmissionLimits {
  /** How many work at once. */
  readonly slots: number;
  /** How many may wait. */
  readonly queue: number;
  /** How many of them may be one client's. */
  readonly clientQueue: number;
  /** Longest wait. */
  readonly waitMs: number;
}

/** One wish to work. */
export interface Ticket {
  /** Time in the queue so far, or in all. */
  readonly waitedMs: number;
  /**
   * Waits for the ticket's turn, and yields how many are ahead of it: at first, and when that changes.
   * @throws {ProblemError} 503 when it has waited too long; the signal's reason when that aborts
   */
  wait(signal?: AbortSignal): AsyncGenerator<number, void, void>;
  /** Gives back the slot, or the place in the queue. Once is enough; more often is harmless. */
  leave(): void;
}

/** Clients whose next turn is remembered while the model is never idle. */
const MAX_CLIENTS = 4_096;

export class Admission {
  /** By their order of service. */
  #waiting: Waiter[] = [];
  #busy = 0;
  /** The turn that was served last, and the next free one of each client that is past it. */
  #turn = 0;
  readonly #nextTurns = new Map<string, number>();
  readonly #clock: Clock;
  /** When something that was served last got on. */
  #progressMs = 0;
  /** How long a slot was held, smoothed. */
  #heldMs = 1_000;

  constructor(readonly limits: AdmissionLimits, clock: Clock = MONOTONIC) {
    this.#clock = clock;
  }

  get busy(): number {
    return this.#busy;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** How long all slots have been taken without any of those who have them getting on; 0 while one is free. */
  get stuckMs(): number {
    return this.#busy < this.limits.slots ? 0 : this.#clock.now() - this.#progressMs;
  }

  /** Somebody who was served got on. */
  progress(): void {
    this.#progressMs = this.#clock.now();
  }

  /** Takes a slot, or a place in the queue. @throws {ProblemError} 429 with `Retry-After` when neither is free */
  enter(client: string): Ticket {
    const waits = this.#busy >= this.limits.slots;
    if (waits) this.#checkRoom(client);
    const turn = Math.max(this.#turn, this.#nextTurns.get(client) ?? 0);
    this.#remember(client, turn + 1);
    const waiter: Waiter = new Waiter(client, turn, this.#clock, {
      leave: () => this.#leave(waiter),
      ahead: () => Math.max(0, this.#waiting.indexOf(waiter)),
      waitMs: waits ? this.limits.waitMs : undefined,
    });
    if (!waits) this.#serve(waiter);
    else this.#queue(waiter);
    return waiter;
  }

  #checkRoom(client: string): void {
    const { queue, clientQueue } = this.limits;
    const own = this.#waiting.filter((waiter) => waiter.client === client).length;
    if (this.#waiting.length < queue && own < clientQueue) return;
    const why = own < clientQueue
      ? `${queue} requests wait for it already`
      : `${own} requests of this client wait for it already`;
    const seconds = Math.ceil(this.#heldMs * (this.#waiting.length + 1) / this.limits.slots / 1000);
    throw new ProblemError(429, "Too busy", `Cannot use the model now: ${why}`, {
      headers: { "retry-after": String(Math.min(60, Math.max(1, seconds))) },
    });
  }

  #remember(client: string, nextTurn: number): void {
    this.#nextTurns.set(client, nextTurn);
    const [oldest] = this.#nextTurns.keys();
    if (this.#nextTurns.size > MAX_CLIENTS && oldest !== undefined) this.#nextTurns.delete(oldest);
  }

  #queue(waiter: Waiter): void {
    // Those of one turn stay in the order in which they came.
    const place = this.#waiting.findIndex(({ turn }) => turn > waiter.turn);
    this.#waiting.splice(place < 0 ? this.#waiting.length : place, 0, waiter);
    this.#tellFrom(place < 0 ? this.#waiting.length : place + 1);
  }

  #serve(waiter: Waiter): void {
    this.#busy++;
    this.progress();
    this.#turn = Math.max(this.#turn, waiter.turn);
    for (const [client, turn] of this.#nextTurns) if (turn <= this.#turn) this.#nextTurns.delete(client);
    waiter.serve();
  }

  #leave(waiter: Waiter): void {
    const place = this.#waiting.indexOf(waiter);
    if (place >= 0) {
      this.#waiting.splice(place, 1);
      // A turn that was not used is the client's again.
      if (this.#nextTurns.get(waiter.client) === waiter.turn + 1) this.#nextTurns.set(waiter.client, waiter.turn);
      return this.#tellFrom(place);
    }
    this.#busy--;
    this.#heldMs += (this.#clock.now() - waiter.servedMs - this.#heldMs) / 8;
    const next = this.#waiting.shift();
    if (next === undefined) {
      if (this.#busy === 0) this.#nextTurns.clear();
      return;
    }
    this.#serve(next);
    this.#tellFrom(0);
  }

  #tellFrom(place: number): void {
    for (const waiter of this.#waiting.slice(place)) waiter.tell();
  }
}

interface WaiterLinks {
  readonly leave: () => void;
  readonly ahead: () => number;
  /** Absent for one that is served at once. */
  readonly waitMs: number | undefined;
}

class Waiter implements Ticket {
  servedMs = 0;
  #isWaiting = true;
  readonly #cameMs: number;
  readonly #clock: Clock;
  readonly #links: WaiterLinks;
  readonly #stopTimer: (() => void) | undefined;
  #isOver = false;
  #fault: ProblemError | undefined;
  #wake = () => {};

  constructor(readonly client: string, readonly turn: number, clock: Clock, links: WaiterLinks) {
    this.#clock = clock;
    this.#links = links;
    this.#cameMs = clock.now();
    if (links.waitMs !== undefined) this.#stopTimer = clock.after(links.waitMs, () => this.#giveUp());
  }

  get waitedMs(): number {
    return (this.#isWaiting ? this.#clock.now() : this.servedMs) - this.#cameMs;
  }

  async *wait(signal?: AbortSignal): AsyncGenerator<number, void, void> {
    const wake = () => this.#wake();
    signal?.addEventListener("abort", wake);
    try {
      for (let told: number | undefined; this.#isWaiting;) {
        signal?.throwIfAborted();
        if (this.#isOver) throw this.#fault ?? new DOMException("The place in the queue was given up", "AbortError");
        const ahead = this.#links.ahead();
        if (ahead === told) await new Promise<void>((resolve) => this.#wake = resolve);
        else yield told = ahead;
      }
    } finally {
      signal?.removeEventListener("abort", wake);
    }
  }

  leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopTimer?.();
    this.#links.leave();
    this.tell();
  }

  serve(): void {
    this.#isWaiting = false;
    this.servedMs = this.#clock.now();
    this.#stopTimer?.();
    this.tell();
  }

  tell(): void {
    this.#wake();
  }

  #giveUp(): void {
    const seconds = Math.round((this.#links.waitMs ?? 0) / 1000);
    this.#fault = new ProblemError(503, "Too busy", `Cannot use the model now: the request waited ${seconds} s for it`);
    this.leave();
  }
}
