import { fileURLToPath } from "node:url";

/**
 * A folder for what a test writes: in the project, so that modules find their packages, and outside of its sources, as other
 * tests look through those.
 */
export async function makeFolder(): Promise<string> {
  const dir = fileURLToPath(new URL("../../.tmp/", import.meta.url));
  await Deno.mkdir(dir, { recursive: true });
  return await Deno.makeTempDir({ dir, prefix: "fresh_test_" });
}
