/** The logit bias as it stands in a URL: `12:ban,15:2.5`. */
import type { SamplingParams } from "../../lm/params.ts";

type LogitBias = SamplingParams["logitBias"];

const BAN = "ban";

export function formatBias(bias: LogitBias): string {
  return Object.entries(bias).map(([id, value]) => `${id}:${value === -Infinity ? BAN : value}`).join();
}

/** As a request carries it; what is no number stays a text, so that the schema can refuse it. */
export function parseBias(text: string): Readonly<Record<string, number | null | string>> {
  if (text === "") return {};
  return Object.fromEntries(
    text.split(",").map((part) => {
      const [id = "", value = ""] = part.split(":");
      const number = value.trim() === "" ? NaN : Number(value);
      return [id, value === BAN ? null : Number.isNaN(number) ? value : number];
    }),
  );
}

/** The bias with another value for one token; 0 takes the token out. */
export function withBias(bias: LogitBias, id: number, value: number): LogitBias {
  const { [id]: _, ...others } = bias;
  return value === 0 ? others : { ...others, [id]: value };
}

/** Bans a token, or takes back that it was banned. */
export function withBan(params: SamplingParams, id: number): SamplingParams {
  const value = params.logitBias[id] === -Infinity ? 0 : -Infinity;
  return { ...params, logitBias: withBias(params.logitBias, id, value) };
}

/** Moves a token's logit; what is banned starts again from 0. */
export function withNudge(params: SamplingParams, id: number, by: number): SamplingParams {
  const before = params.logitBias[id] ?? 0;
  const value = Math.min(100, Math.max(-100, (before === -Infinity ? 0 : before) + by));
  return { ...params, logitBias: withBias(params.logitBias, id, value) };
}
