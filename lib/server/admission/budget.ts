/** What clients may spend at servers that bill tokens: caps that hold over restarts and instances. */
import { ProblemError } from "../problem.ts";

/** Absent: no cap. */
export interface BudgetLimits {
  readonly clientRequestsPerMinute?: number;
  readonly clientTokensPerDay?: number;
  /** Of all clients together. */
  readonly tokensPerDay?: number;
}

/** Counters that several instances may share. */
export interface CounterStore {
  /**
   * Adds to a counter, unless it would then be above `limit`: so parallel requests never overshoot together.
   * @returns whether it was added
   */
  add(key: readonly string[], amount: number, limit: number, lifetimeMs: number): Promise<boolean>;
}

/** Tokens that were set aside for one request. */
export interface Reservation {
  /** Gives back what was not used, or counts what was used beyond. Called once. */
  settle(usedTokens: number): Promise<void>;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** One counter that a request must fit under. */
interface Cap {
  readonly key: readonly string[];
  readonly amount: number;
  readonly limit: number | undefined;
  readonly lifetimeMs: number;
  readonly what: string;
  /** Milliseconds since 1970 at which it begins anew. */
  readonly endsAt: number;
}

export class Budget {
  /** Tokens that calls of this process were billed, as the caps count them. */
  spentTokens = 0;

  constructor(
    readonly limits: BudgetLimits,
    readonly store: CounterStore,
    /** Milliseconds since 1970. */
    readonly now: () => number = Date.now,
  ) {}

  /**
   * Sets tokens aside before anything is sent.
   * @throws {ProblemError} 429 naming the cap, with `Retry-After`; nothing is counted then
   */
  async reserve(client: string, tokens: number): Promise<Reservation> {
    const caps = this.#caps(client, tokens).filter(({ limit }) => limit !== undefined);
    const taken: Cap[] = [];
    for (const cap of caps) {
      if (await this.#add(cap, cap.amount)) {
        taken.push(cap);
        continue;
      }
      for (const earlier of taken) await this.#add(earlier, -earlier.amount);
      throw this.#exhausted(cap);
    }
    return {
      settle: async (used) => {
        this.spentTokens += used;
        if (used === tokens) return;
        for (const cap of taken) {
          if (cap.lifetimeMs === DAY_MS) await this.#add({ ...cap, limit: Infinity }, used - tokens);
        }
      },
    };
  }

  #caps(client: string, tokens: number): readonly Cap[] {
    const { clientRequestsPerMinute, clientTokensPerDay, tokensPerDay } = this.limits;
    const minute = Math.floor(this.now() / MINUTE_MS), day = Math.floor(this.now() / DAY_MS);
    const daily = { amount: tokens, lifetimeMs: DAY_MS, endsAt: (day + 1) * DAY_MS };
    return [
      {
        key: ["requests", client, String(minute)],
        amount: 1,
        limit: clientRequestsPerMinute,
        lifetimeMs: MINUTE_MS,
        what: `${clientRequestsPerMinute} calls a minute for each client`,
        endsAt: (minute + 1) * MINUTE_MS,
      },
      {
        ...daily,
        key: ["tokens", client, String(day)],
        limit: clientTokensPerDay,
        what: `${clientTokensPerDay} tokens a day for each client`,
      },
      { ...daily, key: ["tokens", "", String(day)], limit: tokensPerDay, what: `${tokensPerDay} tokens a day in all` },
    ];
  }

  #add({ key, limit = Infinity, lifetimeMs }: Cap, amount: number): Promise<boolean> {
    return this.store.add(key, amount, amount > 0 ? limit : Infinity, lifetimeMs);
  }

  #exhausted({ what, amount, lifetimeMs, endsAt }: Cap): ProblemError {
    const seconds = Math.ceil((endsAt - this.now()) / 1000);
    const most = lifetimeMs === DAY_MS ? `, and this call may use up to ${amount}` : "";
    const detail = `Cannot ask the model: the app allows ${what}${most}`;
    return new ProblemError(429, "Budget exhausted", detail, { headers: { "retry-after": String(seconds) } });
  }
}

/** Counters in Deno KV: on Deno Deploy all instances share them, elsewhere they are a file that outlives the process. */
export class KvCounters implements CounterStore {
  readonly #kv: Deno.Kv;

  constructor(kv: Deno.Kv) {
    this.#kv = kv;
  }

  async add(key: readonly string[], amount: number, limit: number, lifetimeMs: number): Promise<boolean> {
    const place = ["budget", ...key];
    // Subtle: whoever was overtaken reads again; somebody gets through each time.
    for (;;) {
      const entry = await this.#kv.get<number>(place);
      const sum = (entry.value ?? 0) + amount;
      if (sum > limit) return false;
      const { ok } = await this.#kv.atomic().check(entry).set(place, sum, { expireIn: 2 * lifetimeMs }).commit();
      if (ok) return true;
    }
  }
}
