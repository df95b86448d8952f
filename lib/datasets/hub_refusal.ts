/**
 * Why the Hub does not show a data set, where its status tells.
 * Subtle: it answers 401 for what does not exist too, so that nobody learns what is private.
 */
export function hubRefusal(status: number, hasToken: boolean): string | undefined {
  if (status === 403) return "it is private or gated: set HF_TOKEN to a token that may read it";
  if (status !== 401) return undefined;
  return hasToken
    ? "HF_TOKEN is not accepted, or there is no such data set"
    : "there is no such data set, or it is private or gated: then set HF_TOKEN to a token that may read it";
}
