import { openai, type OpenAiOptions } from "../../lib/mod.ts";

/** Planted as the key; it must be found nowhere but at the server. */
export const KEY = "sk-canary-0123456789abcdef";
const HERE = new URL("file:///nowhere/");

/** A generator on a base URL, with an environment of its own. */
export function openFake(baseUrl: string, options: Partial<OpenAiOptions> = {}, env: Record<string, string> = {}) {
  const context = {
    baseUrl: HERE,
    rootUrl: HERE,
    cacheDir: "",
    env: (name: string) => ({ OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: KEY, ...env })[name],
  };
  return openai({ model: "fake", timeoutMs: 60_000, ...options }).open(context);
}
