import * as v from "valibot";
import { DEFAULT_PARAMS } from "./params.ts";
import { quote } from "./quote.ts";
import { paramsSchema } from "./wire.ts";
import { camelCase, snakeCase } from "./wire_text.ts";

/**
 * What is wrong with the first param of a developer's that no request could hold; undefined where none is. Names that are
 * no param's are not looked at.
 * @example paramFault({ temperature: 7 }) is "temperature must be a number from 0 to 2, got 7"
 */
export function paramFault(params: object): string | undefined {
  const given = Object.entries(params).filter(([name]) => Object.hasOwn(DEFAULT_PARAMS, name));
  const { issues } = v.safeParse(paramsSchema, Object.fromEntries(given.map(wireParam)), { abortEarly: true });
  if (issues === undefined) return undefined;
  const [{ message, path }] = issues;
  const name = camelCase(String(path?.[0].key)), value = given.find(([each]) => each === name)?.[1];
  if (name !== "logitBias" || !isRecord(value)) return `${name} ${message}, got ${quote(value)}`;
  const [id, bias] = Object.entries(value).find(([id]) => id === path?.[1]?.key) ?? [];
  const told = id === undefined ? quote(value) : `${quote(bias)} for ${quote(id)}`;
  return `${name} must map token ids to numbers from -100 to 100, or -Infinity to ban, got ${told}`;
}

/** Subtle: the wire has null for the −∞ that bans a token, and where a param may be left out none may be undefined. */
function wireParam([name, value]: readonly [string, unknown]): readonly [string, unknown] {
  const biases = name === "logitBias" && isRecord(value)
    ? Object.fromEntries(
      Object.entries(value).map(([id, bias]) => [id, bias === -Infinity ? null : bias ?? undefined]),
    )
    : value ?? null;
  return [snakeCase(name), biases];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
