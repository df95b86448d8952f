/**
 * Loaded before every test file of `deno task test`: property tests draw the same cases in each run, so that a change is
 * judged by what it changed. A test file that is run by itself draws others each time, as does another VISUALLM_TEST_SEED.
 */
import fc from "fast-check";

const DEFAULT_SEED = "20261127";

fc.configureGlobal({ seed: Number(Deno.env.get("VISUALLM_TEST_SEED") ?? DEFAULT_SEED) });
