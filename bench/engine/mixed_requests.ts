/** What many requests of all kinds leave behind in memory. */
import { newDigits, newTokens } from "../prompts.ts";
import type { ApiClient } from "./api_client.ts";

const AT_ONCE = 4;
/** Requests after which caches may be full, and requests after which nothing more may have come. */
export const COUNTS = [1_000, 10_000] as const;

/** Resident memory in bytes after each of `COUNTS`. */
export async function memoryAfterMany(
  api: ApiClient,
  vocabularySize: number,
  say: (line: string) => void,
): Promise<readonly number[]> {
  const sizes: number[] = [];
  let made = 0;
  for (const count of COUNTS) {
    while (made < count) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => request(api, made + index, vocabularySize)));
      made += AT_ONCE;
    }
    sizes.push(Deno.memoryUsage().rss);
    say(`memory after ${made} requests: ${(Deno.memoryUsage().rss / 2 ** 20).toFixed(0)} MB`);
  }
  return sizes;
}

/** One of each kind in turn, with prompts of many lengths. */
async function request(api: ApiClient, index: number, vocabularySize: number): Promise<void> {
  const prompt = newDigits(4 + index % 97);
  switch (index % 6) {
    case 0:
      return void await api.tokenTimes(prompt, { max_tokens: 8 });
    case 1:
      return void await api.tokenTimes(prompt, { max_tokens: 4, n: 3 });
    case 2:
      return void await api.stepTime(prompt, newTokens(index % 7, vocabularySize));
    case 3:
      return await api.score(prompt, newDigits(8));
    case 4:
      return await api.leave(prompt);
    default:
      return await api.page();
  }
}
