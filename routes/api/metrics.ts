import { apiRoute } from "../../lib/server/api_route.ts";
import { counter, gauge } from "../../lib/server/telemetry/prometheus.ts";
import { trafficLines } from "../../lib/server/telemetry/traffic_lines.ts";

/** Numbers about the process for Prometheus; behind the guard as all else, and without a name from a request. */
export const handler = apiRoute({
  GET({ state: { counts, registry, sessions } }) {
    const { rss, heapUsed } = Deno.memoryUsage();
    const { budget } = registry.options;
    const { generators, datasets } = registry.ready();
    const failed = [...generators, ...datasets].filter((report) => report.state === "failed");
    const lines = [
      ...counts.lines(),
      ...trafficLines(registry.traffic),
      ...(budget === undefined ? [] : counter("billed_tokens_total", budget.spentTokens)),
      ...gauge("resident_memory_bytes", rss),
      ...gauge("heap_used_bytes", heapUsed),
      ...gauge("sessions", sessions.size),
      ...gauge("generators_open", generators.filter((report) => report.state === "ready").length),
      ...gauge("failed_to_open", failed.length),
    ];
    return new Response(`${lines.join("\n")}\n`, { headers: { "content-type": "text/plain; version=0.0.4" } });
  },
});
