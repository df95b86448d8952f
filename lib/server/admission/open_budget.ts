import { Budget, KvCounters } from "./budget.ts";
import type { Config } from "../config.ts";
import { ConfigError } from "../setting_values.ts";
import { thrownText } from "../../lm/thrown.ts";

/**
 * The budget of the settings, kept in Deno KV: on Deno Deploy the deployment's own, elsewhere a file in the cache folder.
 * @throws {ConfigError} when the caps could not be kept, as they would then not hold
 */
export async function openBudget(
  { budget, cacheDir, isDeployed }: Pick<Config, "budget" | "cacheDir" | "isDeployed">,
): Promise<{ budget?: Budget }> {
  if (Object.keys(budget).length === 0) return {};
  try {
    // A folder of its own, as some may write nothing else.
    const folder = `${cacheDir}/caps`;
    if (!isDeployed) await Deno.mkdir(folder, { recursive: true });
    const kv = await (isDeployed ? Deno.openKv() : Deno.openKv(`${folder}/budget.kv`));
    return { budget: new Budget(budget, new KvCounters(kv)) };
  } catch (error) {
    const reason = thrownText(error);
    throw new ConfigError(`Cannot keep the caps on tokens, so they would not hold: ${reason}`, { cause: error });
  }
}
