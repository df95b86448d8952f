/** What came in, in numbers without any content. */
import { counter } from "./prometheus.ts";

/** Statuses that are counted each; others count as their class, such as "4xx". */
const NAMED: readonly number[] = [200, 303, 304, 400, 401, 403, 404, 405, 408, 413, 415, 421, 422, 429, 500, 502, 503];
const BUCKETS_MS = [5, 20, 100, 500, 2_000, 10_000] as const;

export class RequestCounts {
  readonly #byStatus = new Map<string, number>();
  readonly #buckets: number[] = BUCKETS_MS.map(() => 0);
  #count = 0;
  #sumMs = 0;
  #bytes = 0;
  #cancelled = 0;

  /** @param ms from the request to the end of its answer */
  add({ status, ms, bytes, cancelled = false }: { status: number; ms: number; bytes: number; cancelled?: boolean }) {
    const name = NAMED.includes(status) ? String(status) : `${Math.floor(status / 100)}xx`;
    this.#byStatus.set(name, (this.#byStatus.get(name) ?? 0) + 1);
    for (const [place, bound] of BUCKETS_MS.entries()) {
      if (ms <= bound) this.#buckets[place] = (this.#buckets[place] ?? 0) + 1;
    }
    this.#count++;
    this.#sumMs += ms;
    this.#bytes += bytes;
    if (cancelled) this.#cancelled++;
  }

  /** In Prometheus's text format; durations in seconds, as its conventions want. */
  lines(): readonly string[] {
    const statuses = [...this.#byStatus].toSorted().map(([status, count]) =>
      `visuallm_requests_total{status="${status}"} ${count}`
    );
    const name = "visuallm_request_seconds";
    return [
      "# TYPE visuallm_requests_total counter",
      ...statuses,
      `# TYPE ${name} histogram`,
      ...BUCKETS_MS.map((bound, place) => `${name}_bucket{le="${bound / 1000}"} ${this.#buckets[place]}`),
      `${name}_bucket{le="+Inf"} ${this.#count}`,
      `${name}_sum ${this.#sumMs / 1000}`,
      `${name}_count ${this.#count}`,
      ...counter("sent_bytes_total", this.#bytes),
      ...counter("requests_cancelled_total", this.#cancelled),
    ];
  }
}
