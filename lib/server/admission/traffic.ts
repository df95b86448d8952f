/** What governs the use of all generators of an app: slots, queues, deadlines, and what they are counted by. */
import { Admission, type AdmissionLimits } from "./admission.ts";
import { type Clock, MONOTONIC } from "../../generators/clock.ts";
import { Counters } from "../telemetry/counters.ts";
import type { Deadlines } from "./supervised.ts";

/** The two ways into a generator that runs in this process. */
export interface Lanes {
  readonly runs: Admission;
  /** Steps, scores and tokens: work that is over soon, and passes beside the runs. */
  readonly short: Admission;
}

export interface TrafficOptions {
  /** Runs that one generator works on at once. */
  readonly slots?: number;
  /** Runs that may wait for it. */
  readonly queue?: number;
  readonly deadlines?: Partial<Deadlines>;
  readonly waitMs?: number;
  readonly clock?: Clock;
}

const SLOTS = 8;
const QUEUE = 32;
const CLIENT_QUEUE = 4;
const WAIT_MS = 2 * 60_000;
const DEADLINES: Deadlines = { totalMs: 10 * 60_000, stallMs: 30_000 };
/** Short work never waits long, so that more of it may wait. */
const SHORT = { slots: 4, queue: 64, clientQueue: 16 };

/** What governs the use of all generators of an app. */
export class Traffic {
  readonly counters = new Counters();
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly #limits: AdmissionLimits;
  readonly #lanes: Lanes[] = [];

  constructor(
    { slots = SLOTS, queue = QUEUE, deadlines, waitMs = WAIT_MS, clock = MONOTONIC }: TrafficOptions = {},
  ) {
    this.clock = clock;
    this.deadlines = { ...DEADLINES, ...deadlines };
    this.#limits = { slots, queue, clientQueue: CLIENT_QUEUE, waitMs };
  }

  /** The ways into one more generator. */
  lanes(): Lanes {
    const { waitMs } = this.#limits;
    const lanes = {
      runs: new Admission(this.#limits, this.clock),
      short: new Admission({ ...SHORT, waitMs }, this.clock),
    };
    this.#lanes.push(lanes);
    return lanes;
  }

  /** Runs that work, and that wait. */
  get load(): { readonly busy: number; readonly waiting: number } {
    const sum = (count: (lanes: Lanes) => number) => this.#lanes.reduce((total, lanes) => total + count(lanes), 0);
    return { busy: sum(({ runs }) => runs.busy), waiting: sum(({ runs }) => runs.waiting) };
  }
}
